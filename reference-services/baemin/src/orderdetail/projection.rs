//! How events become a detail view. Pure. An order and its payment only move forward, so of two
//! states the later one is shown, in whatever order they are told.

use serde::{Deserialize, Serialize};

/// What a customer sees of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderDetail {
    /// From 1.
    pub id: i64,
    /// The order it shows.
    pub order_id: i64,
    /// How far the order is.
    pub order_status: Option<OrderStatus>,
    /// Whether it is paid.
    pub pay_status: Option<PayStatus>,
    /// What was paid, in won.
    pub pay_amount: Option<i64>,
    /// What was ordered.
    pub product_name: Option<String>,
    /// For how much, in won.
    pub total_price: Option<i64>,
}

/// How far an order is; the later is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the name of the event that says it")]
pub enum OrderStatus {
    Ordered,
    DeliveryStarted,
    OrderCanceled,
    DeliveryCanceled,
}

/// Whether an order is paid; the later is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the name of the event that says it")]
pub enum PayStatus {
    PaymentApproved,
    PaymentCanceled,
}

/// What the events say of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// From order.
    Order {
        /// How far it is.
        status: OrderStatus,
        /// What was ordered.
        product_name: String,
        /// For how much, in won.
        total_price: Option<i64>,
    },
    /// From payment.
    Payment {
        /// Whether it is paid.
        status: PayStatus,
        /// What, in won.
        amount: i64,
    },
    /// From delivery.
    Delivery {
        /// How far it is.
        status: OrderStatus,
    },
}

/// What happens to a state that is older than what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It changes nothing.
    Shut,
    /// It is shown all the same, for a proof.
    Open,
}

impl OrderDetail {
    /// An empty one.
    #[must_use]
    pub fn new(id: i64, order_id: i64) -> Self {
        Self { id, order_id, ..Self::default() }
    }

    /// The view after an event.
    #[must_use]
    pub fn after(mut self, fact: Fact, gate: Gate) -> Self {
        match fact {
            Fact::Order { status, product_name, total_price } => {
                self.product_name = Some(product_name);
                self.total_price = total_price;
                self.order_status = later(self.order_status, status, gate);
            }
            Fact::Payment { status, amount } => {
                self.pay_amount = Some(amount);
                self.pay_status = later(self.pay_status, status, gate);
            }
            Fact::Delivery { status } => self.order_status = later(self.order_status, status, gate),
        }
        self
    }
}

fn later<T: Ord>(shown: Option<T>, told: T, gate: Gate) -> Option<T> {
    match gate {
        Gate::Shut => shown.max(Some(told)),
        Gate::Open => Some(told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story() -> Vec<Fact> {
        let order =
            |status| Fact::Order { status, product_name: "TV".into(), total_price: Some(9) };
        let payment = |status| Fact::Payment { status, amount: 9 };
        let delivery = |status| Fact::Delivery { status };
        vec![
            payment(PayStatus::PaymentApproved),
            order(OrderStatus::Ordered),
            delivery(OrderStatus::DeliveryStarted),
            order(OrderStatus::OrderCanceled),
            payment(PayStatus::PaymentCanceled),
            delivery(OrderStatus::DeliveryCanceled),
        ]
    }

    fn fold(facts: impl IntoIterator<Item = Fact>, gate: Gate) -> OrderDetail {
        facts.into_iter().fold(OrderDetail::new(1, 7), |view, fact| view.after(fact, gate))
    }

    #[test]
    fn whatever_part_of_it_is_told_in_whatever_order_often_or_not_the_latest_is_shown() {
        for length in 1..=story().len() {
            let part = &story()[..length];
            let told = fold(part.to_vec(), Gate::Shut);
            let mut reversed = part.to_vec();
            reversed.reverse();
            assert_eq!(fold(reversed.clone(), Gate::Shut), told);
            assert_eq!(fold(part.iter().cloned().chain(reversed), Gate::Shut), told);
        }
    }

    #[test]
    fn without_the_gate_it_goes_backwards() {
        let reversed = || story().into_iter().rev();
        assert_eq!(fold(reversed(), Gate::Open).order_status, Some(OrderStatus::Ordered));
        assert_eq!(fold(reversed(), Gate::Shut).order_status, Some(OrderStatus::DeliveryCanceled));
    }

    #[test]
    fn a_view_shows_how_it_ended() {
        insta::assert_json_snapshot!(fold(story(), Gate::Shut));
    }
}

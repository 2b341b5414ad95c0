//! Projects events to a detail view. Pure. An order and its payment only move forward, so of two
//! states the later one is shown, in whatever order their events arrive.

use brunt_kit::config::Guard;
use serde::{Deserialize, Serialize};

/// What a customer sees of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderDetail {
    pub id: i64,
    pub order_id: i64,
    pub order_status: Option<OrderStatus>,
    pub pay_status: Option<PayStatus>,
    pub pay_amount: Option<i64>,
    pub product_name: Option<String>,
    /// The price, in won.
    pub total_price: Option<i64>,
}

/// The status of an order. A later status is greater than an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the name of the event that says it")]
pub enum OrderStatus {
    Ordered,
    DeliveryStarted,
    OrderCanceled,
    DeliveryCanceled,
}

/// Whether an order is paid. A later status is greater than an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the name of the event that says it")]
pub enum PayStatus {
    PaymentApproved,
    PaymentCanceled,
}

/// What an event reports of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    Order {
        status: OrderStatus,
        product_name: String,
        /// The price, in won.
        total_price: Option<i64>,
    },
    Payment {
        status: PayStatus,
        /// The amount, in won.
        amount: i64,
    },
    Delivery {
        status: OrderStatus,
    },
}

impl OrderDetail {
    #[must_use]
    pub fn new(id: i64, order_id: i64) -> Self {
        Self { id, order_id, ..Self::default() }
    }

    #[must_use]
    pub fn after(mut self, update: Update, version_gate: Guard) -> Self {
        match update {
            Update::Order { status, product_name, total_price } => {
                self.product_name = Some(product_name);
                self.total_price = total_price;
                self.order_status = later(self.order_status, status, version_gate);
            }
            Update::Payment { status, amount } => {
                self.pay_amount = Some(amount);
                self.pay_status = later(self.pay_status, status, version_gate);
            }
            Update::Delivery { status } => {
                self.order_status = later(self.order_status, status, version_gate);
            }
        }
        self
    }
}

fn later<T: Ord>(shown: Option<T>, new: T, version_gate: Guard) -> Option<T> {
    match version_gate {
        // States are ordered by how late they can be, so that no versions are needed
        // across three publishers.
        Guard::On => shown.max(Some(new)),
        Guard::Off => Some(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story() -> Vec<Update> {
        let order =
            |status| Update::Order { status, product_name: "TV".into(), total_price: Some(9) };
        let payment = |status| Update::Payment { status, amount: 9 };
        let delivery = |status| Update::Delivery { status };
        vec![
            payment(PayStatus::PaymentApproved),
            order(OrderStatus::Ordered),
            delivery(OrderStatus::DeliveryStarted),
            order(OrderStatus::OrderCanceled),
            payment(PayStatus::PaymentCanceled),
            delivery(OrderStatus::DeliveryCanceled),
        ]
    }

    fn fold(updates: impl IntoIterator<Item = Update>, version_gate: Guard) -> OrderDetail {
        updates
            .into_iter()
            .fold(OrderDetail::new(1, 7), |view, update| view.after(update, version_gate))
    }

    #[test]
    fn a_view_shows_the_latest_state_in_whatever_order_events_arrive() {
        for length in 1..=story().len() {
            let part = &story()[..length];
            let view = fold(part.to_vec(), Guard::On);
            let mut reversed = part.to_vec();
            reversed.reverse();
            assert_eq!(fold(reversed.clone(), Guard::On), view);
            assert_eq!(fold(part.iter().cloned().chain(reversed), Guard::On), view);
        }
    }

    #[test]
    fn without_the_version_gate_a_view_goes_backwards() {
        let reversed = || story().into_iter().rev();
        assert_eq!(fold(reversed(), Guard::Off).order_status, Some(OrderStatus::Ordered));
        assert_eq!(fold(reversed(), Guard::On).order_status, Some(OrderStatus::DeliveryCanceled));
    }

    #[test]
    fn a_view_shows_how_an_order_ended() {
        insta::assert_json_snapshot!(fold(story(), Guard::On));
    }
}

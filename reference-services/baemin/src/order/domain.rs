//! Orders: their commands and events. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// An order. It is paid: an unpaid one is an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Counts from 1. The other services call it `orderId`.
    pub id: i64,
    /// What was ordered, by whom, for how much, and where it goes.
    #[serde(flatten)]
    pub placement: Placement,
    pub order_status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// What a customer orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// The customer's own label; several orders may have the same.
    pub order_id: Option<i64>,
    pub customer_id: Option<i64>,
    pub product_name: String,
    /// The price of one piece, in won.
    pub product_price: Option<i64>,
    /// The price of the whole order, in won; the product's price if it is missing.
    pub order_total_price: Option<i64>,
    pub order_date: String,
    pub customer_addr: Option<String>,
    pub customer_tel: Option<String>,
}

/// The status of an order. A canceled order is deleted: its status is in its last event only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Ordered,
    /// It is on its way to the customer.
    DeliveryStarted,
    /// Its payment was refunded, so its delivery was canceled.
    DeliveryCanceled,
    /// The customer canceled it.
    OrderCanceled,
}

/// The commands that change an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The customer cancels it.
    Cancel,
    /// Its delivery has progressed.
    Deliver(Delivery),
}

/// The progress that delivery reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// It is on its way to the customer.
    Started,
    /// It is not delivered.
    Canceled,
}

/// The events that commands lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was canceled.
    OrderCanceled,
    /// Delivery has moved on. Not published, as delivery's own event reports it.
    DeliveryMoved(Delivery),
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("productName is missing")]
    NoProductName,
    #[error("a price must be at least 0")]
    NegativePrice,
    #[error("there is no such order")]
    NoSuchOrder,
}

impl Placement {
    /// Checks a placement before payment is asked.
    ///
    /// # Errors
    /// When it names nothing, or a price is below zero.
    pub fn check(&self) -> Result<(), Rejection> {
        if self.product_name.trim().is_empty() {
            return Err(Rejection::NoProductName);
        }
        let prices = [self.product_price, self.order_total_price];
        if prices.into_iter().flatten().any(|price| price < 0) {
            return Err(Rejection::NegativePrice);
        }
        Ok(())
    }

    /// The amount to pay, in won; 0 if no price is given.
    #[must_use]
    pub fn amount(&self) -> i64 {
        self.order_total_price.or(self.product_price).unwrap_or(0)
    }
}

/// The event that a command leads to; none if the command has had its effect before.
#[must_use]
pub fn decide(order: &Order, command: Command) -> Option<Event> {
    match (command, order.order_status) {
        (Command::Cancel, _) => Some(Event::OrderCanceled),
        (Command::Deliver(step), Status::Ordered)
        | (Command::Deliver(step @ Delivery::Canceled), Status::DeliveryStarted) => {
            Some(Event::DeliveryMoved(step))
        }
        // Delivery's events may arrive twice, or the last one first.
        (Command::Deliver(_), _) => None,
    }
}

impl Order {
    #[must_use]
    pub fn placed(id: i64, placement: Placement) -> Self {
        Self { id, placement, order_status: Status::Ordered, version: 1 }
    }

    #[must_use]
    pub fn after(self, event: Event) -> Self {
        let order_status = match event {
            Event::OrderCanceled => Status::OrderCanceled,
            Event::DeliveryMoved(Delivery::Started) => Status::DeliveryStarted,
            Event::DeliveryMoved(Delivery::Canceled) => Status::DeliveryCanceled,
        };
        Self { order_status, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tv() -> Placement {
        Placement { product_name: "TV".into(), product_price: Some(3), ..Placement::default() }
    }

    #[test]
    fn an_order_without_a_product_or_with_a_negative_price_is_refused() {
        assert_eq!(tv().check(), Ok(()));
        let nameless = Placement { product_name: " ".into(), ..tv() };
        assert_eq!(nameless.check(), Err(Rejection::NoProductName));
        for negative in [
            Placement { product_price: Some(-1), ..tv() },
            Placement { order_total_price: Some(-1), ..tv() },
        ] {
            assert_eq!(negative.check(), Err(Rejection::NegativePrice));
        }
    }

    #[test]
    fn the_total_price_is_paid_or_the_product_price_if_there_is_none() {
        assert_eq!(tv().amount(), 3);
        assert_eq!(Placement { order_total_price: Some(9), ..tv() }.amount(), 9);
        assert_eq!(Placement { product_price: None, ..tv() }.amount(), 0);
    }

    #[test]
    fn each_command_takes_effect_only_in_the_states_of_an_order_that_allow_it() {
        use Status::{DeliveryCanceled, DeliveryStarted, Ordered};
        let decide = |status, command| {
            let order = Order { order_status: status, ..Order::placed(7, tv()) };
            decide(&order, command).map(|event| order.after(event).order_status)
        };
        for status in [Ordered, DeliveryStarted, DeliveryCanceled] {
            assert_eq!(decide(status, Command::Cancel), Some(Status::OrderCanceled));
        }
        let (started, canceled) =
            (Command::Deliver(Delivery::Started), Command::Deliver(Delivery::Canceled));
        assert_eq!(decide(Ordered, started), Some(DeliveryStarted));
        assert_eq!(decide(Ordered, canceled), Some(DeliveryCanceled));
        assert_eq!(decide(DeliveryStarted, canceled), Some(DeliveryCanceled));
        assert_eq!(decide(DeliveryStarted, started), None);
        assert_eq!(decide(DeliveryCanceled, started), None, "the last event may come first");
        assert_eq!(decide(DeliveryCanceled, canceled), None);
    }
}

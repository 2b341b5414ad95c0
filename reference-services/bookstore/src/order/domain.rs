//! What an order is and what may happen to it. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// From 1.
    pub order_id: i64,
    /// What was ordered, by whom, and where it goes.
    #[serde(flatten)]
    pub placement: Placement,
    /// How far it is.
    pub order_status: Status,
    /// The version of the delivery whose status it shows; 0 if none does.
    pub delivery_version: u64,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// What a customer orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// The book.
    pub book_id: i64,
    /// Who orders.
    pub customer_id: i64,
    /// How many, at least 1.
    pub quantity: i64,
    /// Where they go.
    pub delivery_address: String,
    /// The coupon that the customer wants to use.
    pub coupon_id: Option<i64>,
}

/// How far an order is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Accepted, whether or not there is stock.
    Ordered,
    /// Stock was taken for it.
    DeliveryPrepared,
    /// On its way.
    Shipped,
    /// What the carrier calls the step that the delivery has come to.
    Carried(String),
    /// The carrier has given up: an end.
    DeliveryCanceled,
    /// Its coupon was another order's: an end.
    CouponRefused,
    /// Its customer has called it off: an end.
    OrderCanceled,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A customer orders.
    Place(Placement),
    /// The customer calls it off.
    Cancel,
    /// The coupon is another order's.
    RefuseCoupon,
    /// Stock was taken.
    Prepare,
    /// The delivery's status has changed.
    Follow(Delivery),
}

/// A delivery, as far as its order is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Which of its changes this is.
    pub version: u64,
    /// What has become of it.
    pub step: Step,
}

/// What has become of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It has begun.
    Shipped,
    /// It has been called off.
    Canceled,
    /// What the carrier says.
    Carried(String),
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An order was accepted.
    Ordered(Placement),
    /// An order has come to an end before it was delivered: what was done for it is to be undone.
    OrderCanceled(Reason),
    /// It has come further. Not published: another service's event says it.
    Progressed {
        /// How far.
        status: Status,
        /// The version of the delivery that it shows.
        delivery_version: u64,
    },
}

/// Why an order came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its customer wanted it.
    Customer,
    /// Its coupon was another order's.
    Coupon,
    /// The carrier has given up.
    Carrier,
}

/// Why a command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Not a quantity.
    #[error("quantity must be from 1 to {MAX_QUANTITY}")]
    Quantity,
    /// Nobody could deliver it.
    #[error("deliveryAddress is missing")]
    NoAddress,
    /// There is no such order.
    #[error("there is no such order")]
    NoSuchOrder,
    /// It is too late.
    #[error("the order cannot be canceled any more: it is {}", .0.text())]
    TooLate(Status),
}

/// The most that one order can be for.
pub const MAX_QUANTITY: i64 = 1_000_000_000;

impl Status {
    /// As it is written.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Ordered => "Ordered",
            Self::DeliveryPrepared => "Delivery_Prepared",
            Self::Shipped => "Shipped",
            Self::Carried(step) => step,
            Self::DeliveryCanceled => "DeliveryCanceled",
            Self::CouponRefused => "Coupon_Refused",
            Self::OrderCanceled => "OrderCanceled",
        }
    }

    fn is_over(&self) -> bool {
        matches!(self, Self::DeliveryCanceled | Self::CouponRefused | Self::OrderCanceled)
    }
}

/// What a command leads to; nothing, if it has had its effect before or comes too late to have one.
///
/// # Errors
/// When the command is refused.
pub fn decide(order: Option<&Order>, command: Command) -> Result<Option<Event>, Rejection> {
    if let Command::Place(placement) = command {
        return place(placement).map(Some);
    }
    let order = order.ok_or(Rejection::NoSuchOrder)?;
    let open = order.order_status == Status::Ordered;
    match command {
        Command::Cancel if open => Ok(Some(Event::OrderCanceled(Reason::Customer))),
        Command::Cancel => Err(Rejection::TooLate(order.order_status.clone())),
        Command::Prepare if open => {
            let status = Status::DeliveryPrepared;
            Ok(Some(Event::Progressed { status, delivery_version: order.delivery_version }))
        }
        _ if order.order_status.is_over() => Ok(None),
        Command::RefuseCoupon => Ok(Some(Event::OrderCanceled(Reason::Coupon))),
        Command::Follow(delivery) => Ok(follow(order, delivery)),
        Command::Prepare | Command::Place(_) => Ok(None),
    }
}

fn place(placement: Placement) -> Result<Event, Rejection> {
    if !(1..=MAX_QUANTITY).contains(&placement.quantity) {
        return Err(Rejection::Quantity);
    }
    if placement.delivery_address.trim().is_empty() {
        return Err(Rejection::NoAddress);
    }
    Ok(Event::Ordered(placement))
}

fn follow(order: &Order, delivery: Delivery) -> Option<Event> {
    let status = match delivery.step {
        _ if delivery.version <= order.delivery_version => return None,
        Step::Canceled => return Some(Event::OrderCanceled(Reason::Carrier)),
        Step::Shipped => Status::Shipped,
        Step::Carried(step) => Status::Carried(step),
    };
    Some(Event::Progressed { status, delivery_version: delivery.version })
}

impl Order {
    /// The order that an accepted placement makes.
    #[must_use]
    pub fn placed(order_id: i64, placement: Placement) -> Self {
        Self { order_id, placement, order_status: Status::Ordered, delivery_version: 0, version: 1 }
    }

    /// The order after an event.
    #[must_use]
    pub fn after(self, event: &Event) -> Self {
        let (order_status, delivery_version) = match event {
            Event::Ordered(placement) => return Self::placed(self.order_id, placement.clone()),
            Event::OrderCanceled(Reason::Customer) => {
                (Status::OrderCanceled, self.delivery_version)
            }
            Event::OrderCanceled(Reason::Coupon) => (Status::CouponRefused, self.delivery_version),
            Event::OrderCanceled(Reason::Carrier) => {
                (Status::DeliveryCanceled, self.delivery_version)
            }
            Event::Progressed { status, delivery_version } => (status.clone(), *delivery_version),
        };
        Self { order_status, delivery_version, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests;

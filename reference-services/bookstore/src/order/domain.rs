//! Orders: their commands and events. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub order_id: i64,
    /// What was ordered, by whom, and where it goes.
    #[serde(flatten)]
    pub placement: Placement,
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
    pub book_id: i64,
    pub customer_id: i64,
    /// The quantity, at least 1.
    pub quantity: i64,
    pub delivery_address: String,
    /// The coupon that the customer wants to use.
    pub coupon_id: Option<i64>,
}

/// The status of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Accepted, whether or not there is stock.
    Ordered,
    /// Stock was taken for it.
    DeliveryPrepared,
    /// It is on its way to the customer.
    Shipped,
    /// The step that the carrier reports, in the carrier's own words.
    Carried(String),
    /// The carrier has given up. A final state.
    DeliveryCanceled,
    /// Its coupon belongs to another order. A final state.
    CouponRefused,
    /// Its customer canceled it. A final state.
    OrderCanceled,
}

/// The commands that change an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Place(Placement),
    /// The customer cancels it.
    Cancel,
    /// The coupon is another order's.
    RefuseCoupon,
    Prepare,
    /// The delivery's status has changed.
    Follow(Delivery),
}

/// What a delivery event reports to its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The delivery's version in this event.
    pub version: u64,
    /// What happened to the delivery.
    pub step: Step,
}

/// What happened to a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It has begun.
    Shipped,
    /// It was canceled.
    Canceled,
    /// The step that the carrier reports.
    Carried(String),
}

/// The events that commands lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An order was accepted.
    Ordered(Placement),
    /// An order ended before it was delivered: what was done for it must be undone.
    OrderCanceled(Reason),
    /// Its status has advanced. Not published, as another service's event reports it.
    Progressed {
        status: Status,
        /// The version of the delivery that it shows.
        delivery_version: u64,
    },
}

/// Why an order ended before it was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its customer canceled it.
    Customer,
    /// Its coupon was another order's.
    Coupon,
    /// The carrier has given up.
    Carrier,
}

/// Why a command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("quantity must be from 1 to {MAX_QUANTITY}")]
    Quantity,
    /// Nobody could deliver it.
    #[error("deliveryAddress is missing")]
    NoAddress,
    #[error("there is no such order")]
    NoSuchOrder,
    #[error("the order cannot be canceled any more: it is {}", .0.text())]
    TooLate(Status),
}

/// The most that one order can be for.
pub const MAX_QUANTITY: i64 = 1_000_000_000;

impl Status {
    /// Its text in events and in REST.
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

/// The event that a command leads to; none if it has had its effect before, or comes too
/// late for one.
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
        // Only from Ordered: a late preparation must not take a shipped order back.
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
        // Delivery's events may overtake each other; its own version tells.
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

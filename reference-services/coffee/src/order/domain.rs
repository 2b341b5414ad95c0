//! Orders: their commands and events. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub id: i64,
    /// The product that was made for it; the customer may also name one.
    pub product_id: Option<i64>,
    pub product_name: String,
    /// The quantity, at least 1.
    pub qty: i64,
    pub status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// The status of an order. All but `Requested` are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Accepted; not made yet.
    Requested,
    Completed,
    /// Could not be made.
    #[serde(rename = "Out of stock")]
    OutOfStock,
    /// Canceled before it was made.
    Canceled,
}

/// The commands that change an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Place(Placement),
    /// The product will not be made, so the order is canceled.
    Cancel,
    /// The product is made, or cannot be.
    Finish {
        product_id: i64,
        /// `Completed` or `OutOfStock`.
        outcome: Outcome,
    },
}

/// What a customer orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The customer's own reference to a product.
    pub product_id: Option<i64>,
    pub product_name: String,
    pub qty: i64,
}

/// How making ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Completed,
    OutOfStock,
}

/// The events that commands lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An order was accepted.
    Ordered(Placement),
    /// An order was canceled.
    OrderCanceled,
    /// An order is finished. Not published, as product's own event reports it.
    Finished { product_id: i64, outcome: Outcome },
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("productName is missing")]
    NoProductName,
    #[error("qty must be at least 1")]
    QtyTooSmall,
    #[error("there is no such order")]
    NoSuchOrder,
    #[error("the order cannot be canceled any more: it is {}", .0.text())]
    TooLate(Status),
}

impl Status {
    /// Its text in events and in REST.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Requested => "Requested",
            Self::Completed => "Completed",
            Self::OutOfStock => "Out of stock",
            Self::Canceled => "Canceled",
        }
    }
}

/// The event that a command leads to; none if the command has had its effect before.
///
/// # Errors
/// When the command is refused.
pub fn decide(order: Option<&Order>, command: Command) -> Result<Option<Event>, Rejection> {
    match command {
        Command::Place(placement) => place(placement).map(Some),
        Command::Cancel => cancel(order.ok_or(Rejection::NoSuchOrder)?),
        Command::Finish { product_id, outcome } => {
            let order = order.ok_or(Rejection::NoSuchOrder)?;
            let open = order.status == Status::Requested;
            Ok(open.then_some(Event::Finished { product_id, outcome }))
        }
    }
}

fn place(placement: Placement) -> Result<Event, Rejection> {
    if placement.product_name.trim().is_empty() {
        return Err(Rejection::NoProductName);
    }
    if placement.qty < 1 {
        return Err(Rejection::QtyTooSmall);
    }
    Ok(Event::Ordered(placement))
}

fn cancel(order: &Order) -> Result<Option<Event>, Rejection> {
    match order.status {
        Status::Requested => Ok(Some(Event::OrderCanceled)),
        Status::Canceled => Ok(None),
        status => Err(Rejection::TooLate(status)),
    }
}

impl Order {
    /// The order that an accepted placement makes.
    #[must_use]
    pub fn placed(id: i64, placement: Placement) -> Self {
        let Placement { product_id, product_name, qty } = placement;
        Self { id, product_id, product_name, qty, status: Status::Requested, version: 1 }
    }

    #[must_use]
    pub fn after(self, event: &Event) -> Self {
        let version = self.version + 1;
        match event {
            Event::Ordered(placement) => Self::placed(self.id, placement.clone()),
            Event::OrderCanceled => Self { status: Status::Canceled, version, ..self },
            Event::Finished { product_id, outcome } => {
                let status = match outcome {
                    Outcome::Completed => Status::Completed,
                    Outcome::OutOfStock => Status::OutOfStock,
                };
                Self { status, product_id: Some(*product_id), version, ..self }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latte(qty: i64) -> Placement {
        Placement { product_id: None, product_name: "Latte".into(), qty }
    }

    fn order(status: Status) -> Order {
        Order { status, ..Order::placed(7, latte(1)) }
    }

    #[test]
    fn an_order_without_a_product_or_a_quantity_is_refused() {
        assert_eq!(decide(None, Command::Place(latte(2))), Ok(Some(Event::Ordered(latte(2)))));
        assert_eq!(decide(None, Command::Place(latte(0))), Err(Rejection::QtyTooSmall));
        let nameless = Placement { product_name: " ".into(), ..latte(1) };
        assert_eq!(decide(None, Command::Place(nameless)), Err(Rejection::NoProductName));
    }

    #[test]
    fn an_order_is_canceled_only_while_it_is_requested() {
        let cancel = |status| decide(Some(&order(status)), Command::Cancel);
        assert_eq!(cancel(Status::Requested), Ok(Some(Event::OrderCanceled)));
        assert_eq!(cancel(Status::Canceled), Ok(None));
        assert_eq!(cancel(Status::Completed), Err(Rejection::TooLate(Status::Completed)));
        assert_eq!(cancel(Status::OutOfStock), Err(Rejection::TooLate(Status::OutOfStock)));
        assert_eq!(decide(None, Command::Cancel), Err(Rejection::NoSuchOrder));
    }

    #[test]
    fn only_an_open_order_is_finished() {
        let finish = Command::Finish { product_id: 3, outcome: Outcome::Completed };
        for status in [Status::Completed, Status::OutOfStock, Status::Canceled] {
            assert_eq!(decide(Some(&order(status)), finish.clone()), Ok(None));
        }
        let event = decide(Some(&order(Status::Requested)), finish).unwrap().unwrap();
        let after = order(Status::Requested).after(&event);
        assert_eq!(
            (after.status, after.product_id, after.version),
            (Status::Completed, Some(3), 2)
        );
    }
}

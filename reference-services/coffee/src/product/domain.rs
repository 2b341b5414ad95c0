//! Products: their commands and events. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// What is made for one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub id: i64,
    /// The order it is made for.
    pub order_id: i64,
    pub product_name: String,
    pub qty: i64,
    pub status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// The status of a product: `Requested` → `Making` → `Completed` or `OutOfStock`; `Canceled`
/// only from `Requested`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It waits to be made.
    Requested,
    /// Stock was asked. It cannot be canceled any more.
    Making,
    Completed,
    #[serde(rename = "Out of stock")]
    OutOfStock,
    /// Canceled. An order whose cancellation arrives before the order itself gets such a row too,
    /// and is not made.
    Canceled,
}

/// The commands that change a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Start,
    Finish(Supply),
    Cancel,
}

/// Whether stock had enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    Taken,
    Lacking,
}

/// The events that commands lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Making has begun. Not published.
    Started,
    /// Making has ended, one way or the other.
    Produced(Supply),
    /// It was canceled.
    ProductCanceled,
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// It is too late to cancel.
    #[error("it cannot be canceled any more: it is {}", .0.text())]
    TooLate(Status),
    /// It is not being made.
    #[error("it is not to be made: it is {}", .0.text())]
    NotToBeMade(Status),
}

impl Status {
    /// Its text in events and in REST.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Requested => "Requested",
            Self::Making => "Making",
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
pub fn decide(product: &Product, command: Command) -> Result<Option<Event>, Rejection> {
    use Status::{Canceled, Completed, Making, OutOfStock, Requested};
    match (command, product.status) {
        (Command::Start, Requested) => Ok(Some(Event::Started)),
        (Command::Finish(supply), Making) => Ok(Some(Event::Produced(supply))),
        (Command::Cancel, Requested) => Ok(Some(Event::ProductCanceled)),
        // A restart starts a product again that was being made.
        (Command::Start, Making)
        | (Command::Finish(_), Completed | OutOfStock)
        | (Command::Cancel, Canceled) => Ok(None),
        (Command::Start | Command::Finish(_), status) => Err(Rejection::NotToBeMade(status)),
        (Command::Cancel, status) => Err(Rejection::TooLate(status)),
    }
}

impl Product {
    #[must_use]
    pub fn after(self, event: Event) -> Self {
        let status = match event {
            Event::Started => Status::Making,
            Event::Produced(Supply::Taken) => Status::Completed,
            Event::Produced(Supply::Lacking) => Status::OutOfStock,
            Event::ProductCanceled => Status::Canceled,
        };
        Self { status, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(status: Status) -> Product {
        Product { id: 1, order_id: 7, product_name: "Latte".into(), qty: 1, status, version: 1 }
    }

    #[test]
    fn a_product_is_made_step_by_step() {
        let made = [Command::Start, Command::Finish(Supply::Taken)].into_iter().fold(
            product(Status::Requested),
            |product, command| {
                let event = decide(&product, command).unwrap().unwrap();
                product.after(event)
            },
        );
        assert_eq!((made.status, made.version), (Status::Completed, 3));
        let lacking = product(Status::Making).after(Event::Produced(Supply::Lacking));
        assert_eq!(lacking.status, Status::OutOfStock);
    }

    #[test]
    fn a_product_is_canceled_only_while_it_is_requested() {
        let cancel = |status| decide(&product(status), Command::Cancel);
        assert_eq!(cancel(Status::Requested), Ok(Some(Event::ProductCanceled)));
        assert_eq!(cancel(Status::Canceled), Ok(None));
        for status in [Status::Making, Status::Completed, Status::OutOfStock] {
            assert_eq!(cancel(status), Err(Rejection::TooLate(status)));
        }
    }

    #[test]
    fn a_canceled_product_is_not_made() {
        let rejected = Err(Rejection::NotToBeMade(Status::Canceled));
        assert_eq!(decide(&product(Status::Canceled), Command::Start), rejected);
        assert_eq!(decide(&product(Status::Canceled), Command::Finish(Supply::Taken)), rejected);
    }

    #[test]
    fn a_step_that_is_repeated_changes_nothing() {
        assert_eq!(decide(&product(Status::Making), Command::Start), Ok(None));
        assert_eq!(decide(&product(Status::Completed), Command::Finish(Supply::Taken)), Ok(None));
    }
}

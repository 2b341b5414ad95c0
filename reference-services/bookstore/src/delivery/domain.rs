//! Deliveries: their states and commands. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    pub id: i64,
    /// The order whose books it brings.
    pub order_id: i64,
    pub delivery_address: String,
    pub delivery_status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// The status of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It waits until its books are set aside.
    CreateDelivery,
    /// It is on its way to the customer.
    Shipped,
    /// The step that the carrier reports, in the carrier's own words.
    Carried(String),
    /// Canceled. A final state.
    CancelDelivery,
}

/// The commands that change a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Its books are set aside, so it can start.
    Start,
    /// Its order was canceled.
    Cancel,
    /// The carrier reports a status.
    Report(Status),
}

/// The new status of a delivery after a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event(Status);

/// Why a command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("deliveryStatus must have from 1 to {MAX_STATUS} characters")]
    NoStatus,
    #[error("there is no such delivery")]
    Unknown,
    /// Its books are not set aside yet.
    #[error("the delivery has not started yet: its books are not there")]
    NotStarted,
    /// The status cannot go back.
    #[error("the delivery cannot go back to CreateDelivery: it is {}", .0.text())]
    Started(Status),
    /// It was canceled.
    #[error("the delivery was canceled")]
    Over,
}

/// The longest status, in characters: carriers have short names for their steps.
pub const MAX_STATUS: usize = 100;

impl Status {
    /// Its text in events and in REST.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::CreateDelivery => "CreateDelivery",
            Self::Shipped => "Shipped",
            Self::Carried(step) => step,
            Self::CancelDelivery => "CancelDelivery",
        }
    }

    /// The status that a carrier's word means.
    ///
    /// # Errors
    /// When it says nothing, or too much.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        match text.trim() {
            "CreateDelivery" => Ok(Self::CreateDelivery),
            "Shipped" => Ok(Self::Shipped),
            "CancelDelivery" => Ok(Self::CancelDelivery),
            step if (1..=MAX_STATUS).contains(&step.chars().count()) => {
                Ok(Self::Carried(step.to_owned()))
            }
            _ => Err(Rejection::NoStatus),
        }
    }
}

/// The event that a command leads to; none if the command has had its effect before.
///
/// # Errors
/// When the command is refused.
pub fn decide(delivery: &Delivery, command: Command) -> Result<Option<Event>, Rejection> {
    use Status::{CancelDelivery, CreateDelivery, Shipped};
    match (command, &delivery.delivery_status) {
        (Command::Start, CreateDelivery) => Ok(Some(Event(Shipped))),
        (Command::Start, _) | (Command::Cancel, CancelDelivery) => Ok(None),
        (Command::Cancel, _) => Ok(Some(Event(CancelDelivery))),
        (Command::Report(said), status) if said == *status => Ok(None),
        (Command::Report(_), CancelDelivery) => Err(Rejection::Over),
        (Command::Report(CreateDelivery), status) => Err(Rejection::Started(status.clone())),
        (Command::Report(CancelDelivery), _) => Ok(Some(Event(CancelDelivery))),
        (Command::Report(_), CreateDelivery) => Err(Rejection::NotStarted),
        (Command::Report(said), _) => Ok(Some(Event(said))),
    }
}

impl Delivery {
    /// A new one, which waits for its books.
    #[must_use]
    pub fn new(id: i64, order_id: i64, delivery_address: String) -> Self {
        Self { id, order_id, delivery_address, delivery_status: Status::CreateDelivery, version: 1 }
    }

    #[must_use]
    pub fn after(self, event: Event) -> Self {
        Self { delivery_status: event.0, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(delivery_status: Status) -> Delivery {
        Delivery { delivery_status, ..Delivery::new(1, 7, "Seoul".into()) }
    }

    fn loaded() -> Status {
        Status::Carried("Loaded".into())
    }

    fn text(outcome: Result<Option<Event>, Rejection>) -> String {
        outcome.unwrap().map_or("-".to_owned(), |event| event.0.text().to_owned())
    }

    #[test]
    fn a_delivery_starts_once_and_is_canceled_in_every_state() {
        let start = |status| text(decide(&delivery(status), Command::Start));
        assert_eq!(start(Status::CreateDelivery), "Shipped");
        for status in [Status::Shipped, loaded(), Status::CancelDelivery] {
            assert_eq!(start(status), "-");
        }
        let cancel = |status| text(decide(&delivery(status), Command::Cancel));
        for status in [Status::CreateDelivery, Status::Shipped, loaded()] {
            assert_eq!(cancel(status), "CancelDelivery");
        }
        assert_eq!(cancel(Status::CancelDelivery), "-");
    }

    #[test]
    fn a_carrier_reports_what_is_possible() {
        let report = |status, said: &str| {
            decide(&delivery(status), Command::Report(Status::parse(said).unwrap()))
        };
        assert_eq!(text(report(Status::Shipped, "Loaded")), "Loaded");
        assert_eq!(text(report(loaded(), "Delivered")), "Delivered");
        assert_eq!(text(report(loaded(), "Loaded")), "-");
        assert_eq!(text(report(Status::CreateDelivery, "CancelDelivery")), "CancelDelivery");
        assert_eq!(report(Status::CreateDelivery, "Loaded"), Err(Rejection::NotStarted));
        assert_eq!(report(Status::CancelDelivery, "Loaded"), Err(Rejection::Over));
        assert_eq!(report(loaded(), "CreateDelivery"), Err(Rejection::Started(loaded())));
        for said in ["", " ", &"x".repeat(101)] {
            assert_eq!(Status::parse(said), Err(Rejection::NoStatus));
        }
        assert_eq!(Status::parse("배송완료"), Ok(Status::Carried("배송완료".into())));
    }
}

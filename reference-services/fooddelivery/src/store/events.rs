//! The events that store publishes. Their fields are a contract with the services that read them,
//! so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Command, Status, StoreOrder};
use crate::DeliveryType;

/// The fields of each event about an order in the store.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StoreOrderEvent {
    id: i64,
    order_id: i64,
    accept: bool,
    status: Status,
    /// Not the store's business, but the rider learns of the order by this event alone.
    delivery_type: DeliveryType,
}

impl From<&StoreOrder> for StoreOrderEvent {
    fn from(order: &StoreOrder) -> Self {
        let StoreOrder { id, order_id, delivery_type, status, version: _ } = *order;
        Self { id, order_id, accept: order.accepted(), status, delivery_type }
    }
}

/// The event that follows a command, unless another service's event reports the same.
pub fn after_command(
    command: Command,
    order: &StoreOrder,
    cause: &Cause,
) -> Result<Option<Envelope>, StoreError> {
    let event_type = match command {
        Command::Accept => "OrderAccepted",
        Command::Reject => "OrderRejected",
        Command::Start => "CookStarted",
        Command::Finish => "CookFinished",
        // App's `OrderCanceled` is the cause of this command.
        Command::Cancel => return Ok(None),
    };
    let subject = Subject { event_type, aggregate_id: order.id, version: order.version };
    Ok(Some(Envelope::new(subject, cause, &StoreOrderEvent::from(order))?))
}

//! The events that rider publishes. Their fields are a contract with the services that read them,
//! so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Command, Delivery, Status};
use crate::DeliveryType;

/// The fields of each event about a delivery.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryEvent {
    id: i64,
    order_id: i64,
    delivery_type: DeliveryType,
    status: Status,
}

impl From<&Delivery> for DeliveryEvent {
    fn from(delivery: &Delivery) -> Self {
        let Delivery { id, order_id, delivery_type, status, version: _ } = *delivery;
        Self { id, order_id, delivery_type, status }
    }
}

/// The event that follows a command, unless another service's event reports the same.
pub fn after_command(
    command: Command,
    delivery: &Delivery,
    cause: &Cause,
) -> Result<Option<Envelope>, StoreError> {
    let event_type = match command {
        Command::Pick(_) => "Picked",
        Command::Deliver => "Delivered",
        // Store's `CookFinished` and app's `OrderCanceled` are the causes of these commands.
        Command::Ready | Command::Cancel => return Ok(None),
    };
    let subject = Subject { event_type, aggregate_id: delivery.id, version: delivery.version };
    Ok(Some(Envelope::new(subject, cause, &DeliveryEvent::from(delivery))?))
}

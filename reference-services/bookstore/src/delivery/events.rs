//! The events that delivery publishes. Their fields are a contract with the services that read
//! them, so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::Delivery;

/// The fields of the event about a delivery.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryEvent {
    id: i64,
    order_id: i64,
    delivery_address: String,
    delivery_status: String,
}

impl From<&Delivery> for DeliveryEvent {
    fn from(delivery: &Delivery) -> Self {
        let Delivery { id, order_id, delivery_address, delivery_status, version: _ } =
            delivery.clone();
        Self { id, order_id, delivery_address, delivery_status: delivery_status.text().to_owned() }
    }
}

/// A delivery was started, reported on by its carrier, or canceled.
pub fn delivery_status_changed(delivery: &Delivery, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("DeliveryStatusChanged", delivery, cause)
}

fn envelope(
    event_type: &'static str,
    delivery: &Delivery,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject = Subject { event_type, aggregate_id: delivery.id, version: delivery.version };
    Ok(Envelope::new(subject, cause, &DeliveryEvent::from(delivery))?)
}

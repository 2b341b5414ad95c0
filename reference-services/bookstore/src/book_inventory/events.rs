//! The events that bookInventory publishes. Their fields are a contract with the services that read
//! them, so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::deliverable::{Deliverable, Demand, Status};

/// The fields of the event about a deliverable.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliverableEvent {
    deliverable_id: i64,
    order_id: i64,
    book_id: i64,
    quantity: i64,
    status: Status,
}

impl From<&Deliverable> for DeliverableEvent {
    fn from(deliverable: &Deliverable) -> Self {
        let Deliverable { deliverable_id, demand, status, version: _ } = deliverable.clone();
        let Demand { order_id, book_id, quantity } = demand;
        Self { deliverable_id, order_id, book_id, quantity, status }
    }
}

/// An order's books were taken from stock and set aside.
pub fn delivery_prepared(deliverable: &Deliverable, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("DeliveryPrepared", deliverable, cause)
}

fn envelope(
    event_type: &'static str,
    deliverable: &Deliverable,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject = Subject {
        event_type,
        aggregate_id: deliverable.deliverable_id,
        version: deliverable.version,
    };
    Ok(Envelope::new(subject, cause, &DeliverableEvent::from(deliverable))?)
}

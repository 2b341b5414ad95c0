//! The events that delivery publishes. Their fields are a contract with the services that read
//! them, so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Delivery, Parcel, Status};

/// The fields of each event about a delivery.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryEvent {
    id: i64,
    order_id: i64,
    order_status: Status,
    customer_addr: Option<String>,
    customer_tel: Option<String>,
    customer_id: Option<i64>,
    delivery_id: i64,
}

impl From<&Delivery> for DeliveryEvent {
    fn from(delivery: &Delivery) -> Self {
        let Delivery { id, parcel, order_status, version: _ } = delivery.clone();
        let Parcel { order_id, customer_addr, customer_tel, customer_id } = parcel;
        Self {
            id,
            order_id,
            order_status,
            customer_addr,
            customer_tel,
            customer_id,
            delivery_id: id,
        }
    }
}

/// A paid order is on its way.
pub fn delivery_started(delivery: &Delivery, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("DeliveryStarted", delivery, cause)
}

/// A delivery was canceled, or will not start.
pub fn delivery_canceled(delivery: &Delivery, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("DeliveryCanceled", delivery, cause)
}

fn envelope(
    event_type: &'static str,
    delivery: &Delivery,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject = Subject { event_type, aggregate_id: delivery.id, version: delivery.version };
    Ok(Envelope::new(subject, cause, &DeliveryEvent::from(delivery))?)
}

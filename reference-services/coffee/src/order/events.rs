//! The events that order publishes. Their fields are a contract with the services that read them,
//! so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Order, Status};

/// The fields of each event about an order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    id: i64,
    product_id: Option<i64>,
    product_name: String,
    qty: i64,
    status: Status,
}

impl From<&Order> for OrderEvent {
    fn from(order: &Order) -> Self {
        let Order { id, product_id, product_name, qty, status, version: _ } = order.clone();
        Self { id, product_id, product_name, qty, status }
    }
}

/// An order was accepted.
pub fn ordered(order: &Order, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("Ordered", order, cause)
}

/// An order was canceled before it was made.
pub fn order_canceled(order: &Order, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("OrderCanceled", order, cause)
}

fn envelope(
    event_type: &'static str,
    order: &Order,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject = Subject { event_type, aggregate_id: order.id, version: order.version };
    Ok(Envelope::new(subject, cause, &OrderEvent::from(order))?)
}

//! The events that order publishes. Their fields are a contract with the services that read them,
//! so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Order, Placement};

/// The fields of each event about an order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    order_id: i64,
    book_id: i64,
    customer_id: i64,
    quantity: i64,
    delivery_address: String,
    coupon_id: Option<i64>,
    order_status: String,
}

impl From<&Order> for OrderEvent {
    fn from(order: &Order) -> Self {
        let Order { order_id, placement, order_status, .. } = order.clone();
        let Placement { book_id, customer_id, quantity, delivery_address, coupon_id } = placement;
        let order_status = order_status.text().to_owned();
        Self { order_id, book_id, customer_id, quantity, delivery_address, coupon_id, order_status }
    }
}

/// An order was accepted.
pub fn ordered(order: &Order, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("Ordered", order, cause)
}

/// An order ended before it was delivered: what was done for it is to be undone.
pub fn order_canceled(order: &Order, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("OrderCanceled", order, cause)
}

fn envelope(
    event_type: &'static str,
    order: &Order,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject = Subject { event_type, aggregate_id: order.order_id, version: order.version };
    Ok(Envelope::new(subject, cause, &OrderEvent::from(order))?)
}

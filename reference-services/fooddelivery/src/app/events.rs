//! The events that app publishes. Their fields are a contract with the services that read them, so
//! they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Order, Placement, Review, Status};
use crate::DeliveryType;

/// The fields of each event about an order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    id: i64,
    menu: String,
    qty: i64,
    price: i64,
    store_id: Option<i64>,
    delivery_type: DeliveryType,
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    status: Status,
}

/// The fields of the event about an order that was never placed.
#[derive(Serialize)]
struct OrderNotPlacedEvent {
    id: i64,
    price: i64,
}

/// The fields of the event about a review.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReviewEvent {
    id: i64,
    order_id: i64,
    rating: i64,
    text: String,
}

impl From<&Order> for OrderEvent {
    fn from(order: &Order) -> Self {
        let Order { id, placement, status, version: _ } = order.clone();
        let Placement { menu, qty, price, store_id, delivery_type, address, customer } = placement;
        Self { id, menu, qty, price, store_id, delivery_type, address, customer, status }
    }
}

impl From<&Review> for ReviewEvent {
    fn from(review: &Review) -> Self {
        let Review { id, order_id, rating, text } = review.clone();
        Self { id, order_id, rating, text }
    }
}

/// An order was paid for and accepted.
pub fn order_placed(order: &Order, cause: &Cause) -> Result<Envelope, StoreError> {
    order_event("OrderPlaced", order, cause)
}

/// An order was canceled by its customer.
pub fn order_canceled(order: &Order, cause: &Cause) -> Result<Envelope, StoreError> {
    order_event("OrderCanceled", order, cause)
}

/// An order whose payment is in doubt was given up before it was placed.
pub fn order_not_placed(id: i64, price: i64, cause: &Cause) -> Result<Envelope, StoreError> {
    let subject = Subject { event_type: "OrderNotPlaced", aggregate_id: id, version: 1 };
    Ok(Envelope::new(subject, cause, &OrderNotPlacedEvent { id, price })?)
}

/// A delivered order was reviewed.
pub fn review_written(review: &Review, cause: &Cause) -> Result<Envelope, StoreError> {
    // A review never changes, so it counts no versions.
    let subject = Subject { event_type: "ReviewWritten", aggregate_id: review.id, version: 1 };
    Ok(Envelope::new(subject, cause, &ReviewEvent::from(review))?)
}

fn order_event(
    event_type: &'static str,
    order: &Order,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject = Subject { event_type, aggregate_id: order.id, version: order.version };
    Ok(Envelope::new(subject, cause, &OrderEvent::from(order))?)
}

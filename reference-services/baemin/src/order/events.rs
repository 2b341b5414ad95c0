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
    order_id: Option<i64>,
    customer_id: Option<i64>,
    product_name: String,
    product_price: Option<i64>,
    order_total_price: Option<i64>,
    order_status: Status,
    order_date: String,
    customer_addr: Option<String>,
    customer_tel: Option<String>,
}

impl From<&Order> for OrderEvent {
    fn from(order: &Order) -> Self {
        let Order { id, placement, order_status, version: _ } = order.clone();
        Self {
            id,
            order_id: placement.order_id,
            customer_id: placement.customer_id,
            product_name: placement.product_name,
            product_price: placement.product_price,
            order_total_price: placement.order_total_price,
            order_status,
            order_date: placement.order_date,
            customer_addr: placement.customer_addr,
            customer_tel: placement.customer_tel,
        }
    }
}

/// An order was paid for and accepted.
pub fn ordered(order: &Order, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("Ordered", order, cause)
}

/// An order was canceled, or an attempt to place one whose payment is in doubt.
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

//! The events that product publishes. Their fields are a contract with the services that read them,
//! so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Product, Status};

/// The fields of each event about a product.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProductEvent {
    id: i64,
    order_id: i64,
    product_name: String,
    qty: i64,
    status: Status,
}

impl From<&Product> for ProductEvent {
    fn from(product: &Product) -> Self {
        let Product { id, order_id, product_name, qty, status, version: _ } = product.clone();
        Self { id, order_id, product_name, qty, status }
    }
}

/// A product was made, or was out of stock: its status says which.
pub fn produced(product: &Product, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("Produced", product, cause)
}

/// A product will not be made.
pub fn product_canceled(product: &Product, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("ProductCanceled", product, cause)
}

fn envelope(
    event_type: &'static str,
    product: &Product,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject = Subject { event_type, aggregate_id: product.id, version: product.version };
    Ok(Envelope::new(subject, cause, &ProductEvent::from(product))?)
}

//! The events that stock publishes. Their fields are a contract with the services that read them,
//! so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::Stock;

/// The fields of the event about a stock.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StockEvent {
    id: i64,
    product_name: String,
    qty: i64,
}

impl From<&Stock> for StockEvent {
    fn from(stock: &Stock) -> Self {
        let Stock { id, product_name, qty, version: _ } = stock.clone();
        Self { id, product_name, qty }
    }
}

/// Some of a stock was taken for a product; `qty` is what is left.
pub fn stock_reduced(stock: &Stock, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("StockReduced", stock, cause)
}

fn envelope(
    event_type: &'static str,
    stock: &Stock,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject = Subject { event_type, aggregate_id: stock.id, version: stock.version };
    Ok(Envelope::new(subject, cause, &StockEvent::from(stock))?)
}

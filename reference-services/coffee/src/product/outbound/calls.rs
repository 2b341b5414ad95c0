//! Calls to stock.

use brunt_kit::calls::{CallError, Callee, Context, Protection, Upstreams};
use brunt_kit::config::Guard;
use brunt_kit::metrics::Metrics;
use http::StatusCode;
use serde_json::{Value, json};

use crate::product::domain::{Product, Supply};

/// The stock service, as product sees it.
#[derive(Clone)]
pub struct StockClient {
    callee: Callee,
    /// Off calls without a key, so that a repeated call takes twice.
    key: Guard,
}

impl StockClient {
    pub fn new(
        upstreams: Upstreams,
        protection: &Protection,
        key: Guard,
        metrics: &Metrics,
    ) -> Self {
        Self { callee: Callee::new("stock", upstreams, protection, metrics), key }
    }

    /// Takes what a product needs from stock. Repeated calls for the same product take it once,
    /// by its key.
    pub async fn reduce(&self, product: &Product, traceparent: &str) -> Result<Supply, CallError> {
        let Product { id, order_id, .. } = product;
        // Of both ids: with the inbox off, an order has two products, each of which
        // takes from stock.
        let key = format!("order-{order_id}-product-{id}");
        let context =
            Context { traceparent, idempotency_key: (self.key == Guard::On).then_some(&key) };
        let body = json!({ "productName": product.product_name, "qty": product.qty });
        let reply = self.callee.post("/stocks/reduce", &body, context).await?;
        match (reply.status, reply.body) {
            (StatusCode::OK, Value::Bool(true)) => Ok(Supply::Taken),
            (StatusCode::OK, Value::Bool(false)) => Ok(Supply::Lacking),
            _ => Err(CallError::Unreadable),
        }
    }
}

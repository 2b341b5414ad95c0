//! Takes from stock.

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
    /// Off takes again what a lost answer has taken already.
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

    /// Takes what a product needs, once, however often it is asked for the same product.
    pub async fn reduce(&self, product: &Product, traceparent: &str) -> Result<Supply, CallError> {
        let Product { id, order_id, .. } = product;
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

//! Calls to product.

use brunt_kit::calls::{CallError, Callee, Context, Protection, Upstreams};
use brunt_kit::metrics::Metrics;
use http::StatusCode;
use serde_json::json;

use crate::order::domain::Order;

/// The product service, as order sees it.
#[derive(Clone)]
pub struct ProductClient(Callee);

/// Product's answer to a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancellation {
    /// The product will not be made.
    Granted,
    /// The product is being made, or is made.
    Refused,
}

impl ProductClient {
    pub fn new(upstreams: Upstreams, protection: &Protection, metrics: &Metrics) -> Self {
        Self(Callee::new("product", upstreams, protection, metrics))
    }

    /// Cancelling is idempotent by its nature: the order's id is the key.
    pub async fn cancel(
        &self,
        order: &Order,
        traceparent: &str,
    ) -> Result<Cancellation, CallError> {
        // A cancellation is the same however often it is sent, so the id alone makes a good key.
        let key = format!("cancel-order-{}", order.id);
        let body =
            json!({ "orderId": order.id, "productName": order.product_name, "qty": order.qty });
        let context = Context::with_key(traceparent, &key);
        let reply = self.0.post("/products/cancel", &body, context).await?;
        match reply.status {
            StatusCode::OK => Ok(Cancellation::Granted),
            StatusCode::CONFLICT => Ok(Cancellation::Refused),
            _ => Err(CallError::Unreadable),
        }
    }
}

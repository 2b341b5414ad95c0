//! Asks app whether an order stands.

use brunt_kit::calls::{CallError, Callee, Context, Protection, Upstreams};
use brunt_kit::metrics::Metrics;
use http::StatusCode;

/// The app service, as the store sees it.
#[derive(Clone)]
pub struct App(Callee);

/// What app says of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is to be cooked.
    Stands,
    /// It was called off, or there never was one.
    Gone,
}

impl App {
    pub fn new(upstreams: Upstreams, protection: &Protection, metrics: &Metrics) -> Self {
        Self(Callee::new("app", upstreams, protection, metrics))
    }

    /// Whether an order is to be cooked.
    pub async fn standing(&self, order_id: i64, traceparent: &str) -> Result<Standing, CallError> {
        let reply = self.0.get(&format!("/orders/{order_id}"), Context::new(traceparent)).await?;
        match (reply.status, reply.body["status"].as_str()) {
            (StatusCode::OK, Some("Canceled")) | (StatusCode::NOT_FOUND, _) => Ok(Standing::Gone),
            (StatusCode::OK, Some(_)) => Ok(Standing::Stands),
            _ => Err(CallError::Unreadable),
        }
    }
}

//! Calls to app: whether an order exists.

use brunt_kit::calls::{CallError, Callee, Context, Protection, Upstreams};
use brunt_kit::metrics::Metrics;
use http::StatusCode;

/// The app service, as the store sees it.
#[derive(Clone)]
pub struct App(Callee);

/// App's answer about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is to be cooked.
    Stands,
    /// It was canceled, or never existed.
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

//! Calls to pay.

use brunt_kit::calls::{CallError, Callee, Context, Protection, Upstreams};
use brunt_kit::config::Guard;
use brunt_kit::metrics::Metrics;
use brunt_kit::reserve_confirm::{Answer, Attempt};
use http::StatusCode;
use serde_json::json;

use crate::app::domain::Placement;

/// The pay service, as app sees it.
#[derive(Clone)]
pub struct PayClient {
    callee: Callee,
    /// Off calls without a key, so that a repeated call pays twice.
    key: Guard,
}

impl PayClient {
    pub fn new(
        upstreams: Upstreams,
        protection: &Protection,
        key: Guard,
        metrics: &Metrics,
    ) -> Self {
        Self { callee: Callee::new("pay", upstreams, protection, metrics), key }
    }

    /// Pays for an order. Repeated calls for the same attempt pay once, by its key.
    pub async fn pay(&self, attempt: &Attempt<Placement>) -> Result<Answer, CallError> {
        let traceparent = &attempt.cause.traceparent;
        let context = match self.key {
            Guard::On => Context::with_key(traceparent, &attempt.callee_key),
            Guard::Off => Context::new(traceparent),
        };
        let body = json!({ "orderId": attempt.id, "price": attempt.request.price });
        let reply = self.callee.post("/payments", &body, context).await?;
        match reply.status {
            StatusCode::CREATED => Ok(Answer::Confirmed),
            status if status.is_client_error() => {
                Ok(Answer::Refused("nothing was ordered: pay refused the payment".to_owned()))
            }
            _ => Err(CallError::Unreadable),
        }
    }
}

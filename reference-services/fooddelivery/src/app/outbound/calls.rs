//! Takes the money for orders.

use brunt_kit::calls::{CallError, Callee, Context, Protection, Upstreams};
use brunt_kit::config::Guard;
use brunt_kit::metrics::Metrics;
use http::StatusCode;
use serde_json::json;

use super::store::Pending;

/// The pay service, as app sees it.
#[derive(Clone)]
pub struct Pay {
    callee: Callee,
    /// Off pays again what a lost answer has paid for already.
    key: Guard,
}

/// What pay says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// The money is there.
    Paid,
    /// It is not going to be.
    Refused,
}

impl Pay {
    pub fn new(
        upstreams: Upstreams,
        protection: &Protection,
        key: Guard,
        metrics: &Metrics,
    ) -> Self {
        Self { callee: Callee::new("pay", upstreams, protection, metrics), key }
    }

    /// Pays for an order, once, however often it is asked for the same order.
    pub async fn pay(&self, pending: &Pending) -> Result<Payment, CallError> {
        let Pending { id, placement, cause, .. } = pending;
        let key = format!("order-{id}");
        let traceparent = &cause.traceparent;
        let context = match self.key {
            Guard::On => Context::with_key(traceparent, &key),
            Guard::Off => Context::new(traceparent),
        };
        let body = json!({ "orderId": id, "price": placement.price });
        let reply = self.callee.post("/payments", &body, context).await?;
        match reply.status {
            StatusCode::CREATED => Ok(Payment::Paid),
            status if status.is_client_error() => Ok(Payment::Refused),
            _ => Err(CallError::Unreadable),
        }
    }
}

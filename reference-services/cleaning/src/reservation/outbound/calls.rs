//! Calls to payment.

use brunt_kit::calls::{CallError, Callee, Context, Protection, Upstreams};
use brunt_kit::metrics::Metrics;
use brunt_kit::reserve_confirm::{Answer, Attempt};
use http::StatusCode;
use serde_json::{Value, json};

use crate::reservation::open_reservation::OpenReservation;

/// The payment service, as reservation sees it.
#[derive(Clone)]
pub struct PaymentClient(Callee);

impl PaymentClient {
    pub fn new(upstreams: Upstreams, protection: &Protection, metrics: &Metrics) -> Self {
        Self(Callee::new("payment", upstreams, protection, metrics))
    }

    /// Pays for a reservation. Repeated calls for the same attempt pay once, by its key.
    pub async fn pay(&self, attempt: &Attempt<OpenReservation>) -> Result<Answer, CallError> {
        let body = json!({
            "requestId": attempt.id,
            "price": attempt.request.placement.price,
            "status": "PaymentApproved",
        });
        let context = Context::with_key(&attempt.cause.traceparent, &attempt.callee_key);
        let reply = self.0.post("/payments", &body, context).await?;
        match reply.status {
            StatusCode::CREATED => Ok(Answer::Confirmed),
            status if status.is_client_error() => Ok(Answer::Refused(refusal(&reply.body))),
            _ => Err(CallError::Unreadable),
        }
    }
}

fn refusal(problem: &Value) -> String {
    let reason = problem["message"].as_str().unwrap_or("it gives no reason");
    format!("nothing was reserved, as payment was refused: {reason}")
}

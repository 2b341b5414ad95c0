//! Asks payment for money.

use brunt_kit::calls::{CallError, Callee, Context, Protection, Upstreams};
use brunt_kit::metrics::Metrics;
use http::StatusCode;
use serde_json::{Value, json};

use super::attempt::Attempt;

/// The payment service, as reservation sees it.
#[derive(Clone)]
pub struct Payment(Callee);

/// What payment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is paid.
    Approved,
    /// It is not paid, and why.
    Refused(String),
}

impl Payment {
    pub fn new(upstreams: Upstreams, protection: &Protection, metrics: &Metrics) -> Self {
        Self(Callee::new("payment", upstreams, protection, metrics))
    }

    /// Pays for a reservation, once, however often it is asked for the same attempt.
    pub async fn pay(&self, attempt: &Attempt) -> Result<Answer, CallError> {
        let body = json!({ "requestId": attempt.id, "price": attempt.request.price, "status": "PaymentApproved" });
        let context = Context::with_key(&attempt.cause.traceparent, &attempt.payment_key);
        let reply = self.0.post("/payments", &body, context).await?;
        match reply.status {
            StatusCode::CREATED => Ok(Answer::Approved),
            status if status.is_client_error() => Ok(Answer::Refused(message(&reply.body))),
            _ => Err(CallError::Unreadable),
        }
    }
}

fn message(problem: &Value) -> String {
    problem["message"].as_str().unwrap_or("it gives no reason").to_owned()
}

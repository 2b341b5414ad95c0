//! Calls to other services.

mod upstreams;

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio::time::timeout;

pub use upstreams::Upstreams;

use crate::metrics::{Counter, Metrics};

/// How long to wait for a connection: a service of ours is near.
const CONNECT: Duration = Duration::from_secs(1);

/// Why there is no answer. The call may have had its effect all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No connection, or it broke.
    #[error("it cannot be reached")]
    Unreachable,
    /// No answer before the deadline.
    #[error("it did not answer in time")]
    TimedOut,
    /// It answered that it cannot serve now.
    #[error("it answered {0}")]
    Unavailable(u16),
    /// It answered something that makes no sense.
    #[error("its answer cannot be read")]
    Unreadable,
}

/// An answer that has a meaning: success, or a refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: Value,
}

/// What goes with a call.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// W3C trace context.
    pub traceparent: &'a str,
    /// Two calls with the same key have one effect. None only for a proof.
    pub idempotency_key: Option<&'a str>,
}

/// Another service.
#[derive(Clone, Debug)]
pub struct Callee {
    name: &'static str,
    upstreams: Upstreams,
    client: Client,
    deadline: Duration,
    metrics: Metrics,
}

impl Callee {
    /// A service at `upstreams`; no call takes longer than `deadline`.
    #[must_use]
    pub fn new(name: &'static str, upstreams: Upstreams, deadline: Duration, metrics: &Metrics) -> Self {
        Self { name, upstreams, client: client(), deadline, metrics: metrics.clone() }
    }

    /// Posts a command that has its effect once however often it is sent. It is sent again once, if the connection
    /// breaks: one that was kept open may be that of a predecessor.
    ///
    /// # Errors
    /// When there is no answer, or one that says that the service cannot serve now.
    pub async fn post(&self, path: &str, body: &Value, context: Context<'_>) -> Result<Reply, CallError> {
        let attempts = async {
            match self.post_once(path, body, context).await {
                Err(CallError::Unreachable) => self.post_once(path, body, context).await,
                outcome => outcome,
            }
        };
        let outcome = timeout(self.deadline, attempts).await.unwrap_or(Err(CallError::TimedOut));
        let label = match &outcome {
            Ok(_) => "answered",
            Err(CallError::TimedOut) => "timed out",
            Err(_) => "failed",
        };
        self.metrics.add(Counter::Calls, &[("callee", self.name), ("outcome", label)]);
        outcome
    }

    async fn post_once(&self, path: &str, body: &Value, context: Context<'_>) -> Result<Reply, CallError> {
        let request = self.client.post(format!("{}{path}", self.upstreams.next()));
        let mut request = request.header("traceparent", context.traceparent).json(body);
        if let Some(key) = context.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        let response = request.send().await.map_err(|_| CallError::Unreachable)?;
        let status = response.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(CallError::Unavailable(status.as_u16()));
        }
        let bytes = response.bytes().await.map_err(|_| CallError::Unreachable)?;
        let body = serde_json::from_slice(&bytes).map_err(|_| CallError::Unreadable)?;
        Ok(Reply { status, body })
    }
}

/// Nothing from the environment: a proxy meant for the internet must not come between services.
pub(crate) fn client() -> Client {
    let builder =
        Client::builder().no_proxy().redirect(Policy::none()).connect_timeout(CONNECT).tcp_nodelay(true);
    builder.build().unwrap_or_default()
}

#[cfg(test)]
mod tests;

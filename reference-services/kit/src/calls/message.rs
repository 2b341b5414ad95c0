//! What a call carries, and what comes back.

use reqwest::StatusCode;
use serde_json::Value;

/// An answer that has a meaning: success, or a refusal such as 404.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The HTTP status code.
    pub status: StatusCode,
    /// Its body; null when there is none.
    pub body: Value,
}

/// The metadata of a call.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// W3C trace context.
    pub traceparent: &'a str,
    /// Two calls with the same key have one effect.
    pub idempotency_key: Option<&'a str>,
}

impl<'a> Context<'a> {
    /// A call without a key.
    #[must_use]
    pub fn new(traceparent: &'a str) -> Self {
        Self { traceparent, idempotency_key: None }
    }

    /// A call with a key: it has its effect once however often it is sent.
    #[must_use]
    pub fn with_key(traceparent: &'a str, key: &'a str) -> Self {
        Self { traceparent, idempotency_key: Some(key) }
    }
}

//! One request and its response.

use bytes::BytesMut;
use http::Method;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;

use super::error::CallError;
use super::message::{Context, Reply};

/// The largest answer that is read, in bytes: many times that of a whole page.
const MAX_REPLY_BYTES: usize = 8 << 20;

/// What a callee is asked.
pub(super) struct Ask<'a> {
    pub(super) method: &'a Method,
    pub(super) url: String,
    pub(super) body: Option<&'a Value>,
    pub(super) context: Context<'a>,
}

pub(super) async fn exchange(client: &Client, ask: Ask<'_>) -> Result<Reply, CallError> {
    let Ask { method, url, body, context } = ask;
    let mut request =
        client.request(method.clone(), url).header("traceparent", context.traceparent);
    if let Some(body) = body {
        request = request.json(body);
    }
    if let Some(key) = context.idempotency_key {
        request = request.header("idempotency-key", key);
    }
    let response = request.send().await.map_err(|error| unsent(&error))?;
    let status = response.status();
    // A 429 counts as a failure too: it says that the callee cannot serve now, and the breaker
    // should see it.
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(CallError::Unavailable(status.as_u16()));
    }
    Ok(Reply { status, body: read(response).await? })
}

fn unsent(error: &reqwest::Error) -> CallError {
    // The difference decides whether a command may be released: only without a connection is it
    // certain that nothing was sent.
    if error.is_connect() { CallError::NotConnected } else { CallError::Unreachable }
}

async fn read(mut response: Response) -> Result<Value, CallError> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| CallError::Unreachable)? {
        // The length is counted while reading, as a response need not declare it.
        if bytes.len() + chunk.len() > MAX_REPLY_BYTES {
            return Err(CallError::Unreadable);
        }
        bytes.extend_from_slice(&chunk);
    }
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|_| CallError::Unreadable)
}

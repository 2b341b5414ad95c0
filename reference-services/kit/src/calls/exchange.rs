//! One request and its response.

use std::time::Duration;

use bytes::BytesMut;
use http::Method;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;

use super::{CallError, Callee, Context, Reply};

/// How long to wait for a connection. The services are on one network, where a connection takes
/// milliseconds or fails.
const CONNECT: Duration = Duration::from_secs(1);
/// The largest answer that is read, in bytes: many times that of a whole page.
const MAX_REPLY_BYTES: usize = 8 << 20;

impl Callee {
    pub(super) async fn exchange(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        context: Context<'_>,
    ) -> Result<Reply, CallError> {
        let url = format!("{}{path}", self.0.upstreams.next());
        let mut request =
            self.0.client.request(method.clone(), url).header("traceparent", context.traceparent);
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

/// Without the environment's proxy settings: a proxy meant for the internet must not
/// come between services.
pub(crate) fn client() -> Client {
    let builder = Client::builder()
        .no_proxy()
        // A redirect would send a command to an address that nobody configured.
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        // Requests are small and single: Nagle's algorithm would hold each back
        // for an acknowledgement.
        .tcp_nodelay(true);
    builder.build().unwrap_or_default()
}

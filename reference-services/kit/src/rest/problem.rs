//! Refusals as JSON, in Spring Boot's form.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::store::StoreError;

/// A refusal. The response's body is written where the path is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    message: String,
    retry_after_seconds: Option<u32>,
}

#[derive(Serialize)]
struct Body<'a> {
    timestamp: String,
    status: u16,
    error: &'static str,
    message: &'a str,
    path: &'a str,
}

impl Problem {
    /// 400: the command is malformed.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 404: there is no such thing.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 409: the command is fine, but not in the present state.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// 503: something that is needed is down; try again in a second.
    pub fn unavailable(message: impl Into<String>) -> Self {
        // Every 503 says when to come back: clients that repeat at once would only add
        // to an outage.
        Self { retry_after_seconds: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, message) }
    }

    /// A problem with another status.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after_seconds: None }
    }

    /// The same, with a `Retry-After` of so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn retry_after_seconds(&self) -> Option<u32> {
        self.retry_after_seconds
    }

    /// The refusal as a response to a request for `path`.
    pub(super) fn at(self, path: &str) -> Response {
        let body = Body {
            timestamp: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string(),
            status: self.status.as_u16(),
            error: self.status.canonical_reason().unwrap_or("Error"),
            message: &self.message,
            path,
        };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Busy) {
            return Self::unavailable(error.to_string());
        }
        if !error.is_outage() {
            tracing::error!(%error, "a request failed");
        }
        // The details are in the log: a client can do nothing with them, and they may name hosts.
        Self::unavailable("the store cannot be used at the moment")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // The body follows in the layer around all routes, which knows the path.
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

pub(super) async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this method is not supported here; see Allow")
}

pub(super) async fn no_such_path() -> Problem {
    Problem::not_found("there is no such path")
}

/// Reads the id in a path, such as the 7 of `/orders/7`.
///
/// # Errors
/// What is not a number names nothing, and neither does a number in another spelling, such as `07`
/// or `+7`: rules about a path would not apply to it.
pub fn parse_id(text: &str) -> Result<i64, Problem> {
    let id: Option<i64> = text.parse().ok();
    // 404 and not 400, as with Spring: what is no id names nothing.
    id.filter(|id| id.to_string() == text)
        .ok_or_else(|| Problem::not_found(format!("{text:?} is not an id")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        for (text, id) in [("1", 1), ("0", 0), ("70", 70), ("9223372036854775807", i64::MAX)] {
            assert_eq!(parse_id(text), Ok(id));
        }
        let others =
            ["", "+1", "01", "00", "-0", "1.0", " 1", "1 ", "x", "١", "9223372036854775808"];
        for text in others {
            assert_eq!(parse_id(text).unwrap_err().status(), StatusCode::NOT_FOUND, "{text:?}");
        }
    }
}

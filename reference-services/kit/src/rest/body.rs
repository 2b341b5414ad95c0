//! JSON bodies of requests.

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use super::{MAX_BODY_BYTES, Problem, too_slow};

/// A JSON object of type `T`, whatever the content type says.
#[derive(Clone, Debug)]
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes =
            Bytes::from_request(request, state).await.map_err(|rejection| refused(&rejection))?;
        // A derived type would also take an array, field by field.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(Problem::malformed("the body must be a JSON object"));
        }
        // Whatever the content type says: a client that sends JSON without one is understood.
        let value = serde_json::from_slice(&bytes)
            .map_err(|error| Problem::malformed(error.to_string()))?;
        Ok(Self(value))
    }
}

fn refused(rejection: &BytesRejection) -> Problem {
    if let Some(problem) = too_slow(rejection) {
        return problem;
    }
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("a body may have {MAX_BODY_BYTES} bytes"),
        ),
        _ => Problem::malformed(rejection.body_text()),
    }
}

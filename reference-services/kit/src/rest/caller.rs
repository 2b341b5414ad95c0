//! The caller of a request: its address for links, and the media types it reads.

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, Uri, header};

use super::Problem;
use crate::event::Cause;

/// The media type of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/hal+json`, unless something else is asked for.
    Hal,
    /// `application/json`, for who asks for that.
    Json,
}

/// What a request's headers say about its caller.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What links begin with, such as `http://localhost:8081`: the address as the client sees it.
    pub base: String,
    /// What the client can read.
    pub format: Format,
    /// The cause of the request's events.
    pub cause: Cause,
    /// Two requests with the same key are one.
    pub idempotency_key: Option<String>,
}

impl Caller {
    pub(crate) fn new(headers: &HeaderMap, uri: &Uri) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        // Behind the gateway the client's own address is in this header; links must lead there.
        let host = text("x-forwarded-host")
            .or_else(|| text(header::HOST.as_str()))
            .or_else(|| uri.authority().map(http::uri::Authority::as_str))
            .unwrap_or("localhost");
        let scheme = text("x-forwarded-proto").unwrap_or("http");
        Self {
            base: format!("{scheme}://{host}"),
            format: format(text(header::ACCEPT.as_str()).unwrap_or_default()),
            cause: Cause::command(headers),
            idempotency_key: text("idempotency-key").map(str::to_owned),
        }
    }
}

/// Keys are kept for long, and a header may be very long.
const MOST_KEY_BYTES: usize = 255;

/// Refuses an idempotency key that is longer than any client needs.
pub(crate) fn check_key(key: Option<&str>) -> Result<(), Problem> {
    if key.is_none_or(|key| key.len() <= MOST_KEY_BYTES) {
        return Ok(());
    }
    Err(Problem::malformed(format!("an Idempotency-Key may have {MOST_KEY_BYTES} bytes")))
}

/// The first that is named of the two; HAL if neither is.
fn format(accept: &str) -> Format {
    // Quality values are ignored: clients name one of the two, or neither.
    let mut types =
        accept.split(',').map(|entry| entry.split(';').next().unwrap_or_default().trim());
    match types.find(|name| ["application/hal+json", "application/json"].contains(name)) {
        Some("application/json") => Format::Json,
        _ => Format::Hal,
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = Self::new(&parts.headers, &parts.uri);
        check_key(caller.idempotency_key.as_deref())?;
        Ok(caller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gets_the_media_type_that_it_accepts() {
        assert_eq!(format("*/*"), Format::Hal);
        assert_eq!(format(""), Format::Hal);
        assert_eq!(format("application/json, */*;q=0.5"), Format::Json);
        assert_eq!(format("application/hal+json, application/json"), Format::Hal);
    }

    #[test]
    fn links_begin_with_the_address_that_the_client_used() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "localhost:8081".parse().unwrap());
        let uri = Uri::from_static("/orders");
        assert_eq!(Caller::new(&headers, &uri).base, "http://localhost:8081");
        headers.insert("x-forwarded-host", "shop.example".parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        assert_eq!(Caller::new(&headers, &uri).base, "https://shop.example");
    }
    #[test]
    fn an_idempotency_key_may_have_255_bytes() {
        let check = |bytes: usize| check_key(Some(&"k".repeat(bytes)));
        assert_eq!((check_key(None), check(1), check(255)), (Ok(()), Ok(()), Ok(())));
        let message = "an Idempotency-Key may have 255 bytes";
        assert_eq!(check(256), Err(Problem::malformed(message)));
    }
}

//! The headers that the proxy passes on.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::rest::Caller;

/// Headers that concern one connection only (RFC 9110, 7.6.1).
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Removes what concerns the connection, also what `Connection` itself names.
pub(super) fn strip(headers: &mut HeaderMap) {
    // A client names further hop-by-hop headers itself; passing them on would let it smuggle one
    // past the proxy.
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in HOP_BY_HOP.into_iter().chain(named).chain([HeaderName::from_static("keep-alive")]) {
        headers.remove(name);
    }
}

/// The request's headers, and what the service needs to make links that lead back to the gateway.
pub(super) fn to_upstream(parts: &Parts) -> HeaderMap {
    let mut headers = parts.headers.clone();
    strip(&mut headers);
    let caller = Caller::new(&parts.headers, &parts.uri);
    let (scheme, host) = caller.base.split_once("://").unwrap_or(("http", &caller.base));
    // The HTTP client sets these itself.
    headers.remove(header::HOST);
    headers.remove(header::CONTENT_LENGTH);
    // Services make absolute links: these must lead back to the gateway.
    for (name, value) in [("x-forwarded-host", host), ("x-forwarded-proto", scheme)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers
}

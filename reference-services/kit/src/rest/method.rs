//! Methods as metrics and traces name them.

use http::Method;

/// The methods that HTTP defines.
const KNOWN: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

/// The method's own name if HTTP defines it. Anyone may send any text as a method, and each would
/// be a time series of its own: `_OTHER` is what OpenTelemetry calls all of these.
pub(crate) fn label(method: &Method) -> &'static str {
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("_OTHER")
}

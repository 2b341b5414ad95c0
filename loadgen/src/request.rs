//! A request with everything filled in.

use crate::address::Address;

/// A request, as it will be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method.
    pub method: http::Method,
    /// Where to.
    pub address: Address,
    /// The path with its query, from the slash on.
    pub path: String,
    /// Headers beside `Host`, `Content-Length` and `Connection`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

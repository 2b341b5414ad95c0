//! A request with everything filled in.

use crate::address::Address;

/// A request as it will be sent, whatever version of HTTP is spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Decides whether the reply has a body, and whether a request without a body says so.
    pub method: http::Method,
    /// The server to connect to, which `Host` names unless a header does.
    pub address: Address,
    /// The path with its query, from the slash on.
    pub path: String,
    /// Headers beside `Host`, `Content-Length` and `Connection`.
    pub headers: Vec<(String, String)>,
    /// The bytes of the body; empty for none.
    pub body: Vec<u8>,
}

//! What a service speaks.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// What callers speak with a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// HTTP/1.1, also when it changes to WebSocket.
    Http,
    /// HTTP/2 without TLS.
    Http2,
    /// gRPC without TLS.
    Grpc,
    /// Anything else: databases, caches, queues.
    Tcp,
    /// TLS, whatever is inside.
    Tls,
}

impl Protocol {
    /// Whether a proxy sees single requests and replies. Of the others it sees
    /// connections and bytes.
    pub fn has_visible_requests(self) -> bool {
        matches!(self, Self::Http | Self::Http2 | Self::Grpc)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Http => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
            Self::Grpc => "gRPC",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        })
    }
}

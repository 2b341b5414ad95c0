//! A load's options for its connections.

use std::time::Duration;

use crate::protocol::Reuse;

/// A load's options for its connections of HTTP/2.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Http2Options {
    /// [`Reuse::No`] gives each request a connection of its own.
    pub reuse: Reuse,
    /// The most streams at once on a connection, at least 1; the server may allow fewer.
    pub streams: usize,
    /// How long a connection may take to open.
    pub timeout: Duration,
}

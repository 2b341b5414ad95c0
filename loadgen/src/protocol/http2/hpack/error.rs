//! Why a block of headers cannot be read.

/// Not what HPACK can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::protocol::http2) struct HpackError;

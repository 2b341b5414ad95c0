//! Why a block of headers cannot be read.

/// A block of headers that is not valid HPACK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::protocol::http2) struct HpackError;

//! Why a block of headers cannot be read.

use thiserror::Error;

/// A block of headers that is not valid HPACK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the block of headers is not valid HPACK")]
pub struct HpackError;

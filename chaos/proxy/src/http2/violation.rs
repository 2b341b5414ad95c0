//! What ends a connection: a peer does what HTTP/2 forbids, or what only an attack does.

use thiserror::Error;

use super::frame::{ErrorCode, FrameTooLong};

/// Why a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum Violation {
    #[error("a frame is longer than the settings allow")]
    FrameTooLong,
    #[error("a frame has a payload that it cannot have")]
    Malformed,
    #[error("a frame comes where it must not")]
    Misplaced,
    #[error("a block of headers is not valid HPACK")]
    Compression,
    #[error("a list of headers is too long")]
    HeadersTooLong,
    #[error("a block of headers has too many frames")]
    TooManyContinuations,
    #[error("too many streams are open")]
    TooManyStreams,
    #[error("too many streams were reset as soon as they were opened")]
    RapidReset,
}

impl Violation {
    /// What peers are told.
    pub(super) fn code(self) -> ErrorCode {
        match self {
            Self::FrameTooLong => ErrorCode::FrameSizeError,
            Self::Malformed | Self::Misplaced => ErrorCode::ProtocolError,
            Self::Compression => ErrorCode::CompressionError,
            Self::HeadersTooLong
            | Self::TooManyContinuations
            | Self::TooManyStreams
            | Self::RapidReset => ErrorCode::EnhanceYourCalm,
        }
    }
}

impl From<FrameTooLong> for Violation {
    fn from(_: FrameTooLong) -> Self {
        Self::FrameTooLong
    }
}

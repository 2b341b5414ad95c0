//! The names under which errors of HTTP/2 are counted.

use brunt_scenarios::timeline::Failure;

use super::reply_headers::BREACH;

use crate::failure::RequestError;

/// Error codes of HTTP/2 (RFC 9113, section 7).
pub(super) mod code {
    pub const NO_ERROR: u32 = 0;
    pub const PROTOCOL_ERROR: u32 = 1;
    pub const INTERNAL_ERROR: u32 = 2;
    pub const REFUSED_STREAM: u32 = 7;
    pub const CANCEL: u32 = 8;
    pub const ENHANCE_YOUR_CALM: u32 = 11;
}

pub(super) const RULES: RequestError = RequestError::new(Failure::Protocol, BREACH);
pub(super) const FRAME: RequestError =
    RequestError::new(Failure::Protocol, "not a frame of HTTP/2");
pub(super) const HPACK: RequestError =
    RequestError::new(Failure::Protocol, "headers that are not valid HPACK");
pub(super) const WINDOW: RequestError =
    RequestError::new(Failure::Protocol, "more data than the HTTP/2 window allows");
pub(super) const FLOOD: RequestError =
    RequestError::new(Failure::Protocol, "endless frames without a reply");
pub(super) const INTERIM: RequestError =
    RequestError::new(Failure::Protocol, "endless interim replies");

/// The error for a GOAWAY with this code.
pub(super) fn goaway(reason: u32) -> RequestError {
    let name = match reason {
        code::NO_ERROR => "GOAWAY",
        code::ENHANCE_YOUR_CALM => "GOAWAY: enhance your calm",
        code::PROTOCOL_ERROR => "GOAWAY: protocol error",
        _ => "GOAWAY: an error",
    };
    RequestError::new(Failure::Reset, name)
}

/// The error for an RST_STREAM with this code.
pub(super) fn reset(reason: u32) -> RequestError {
    let name = match reason {
        code::REFUSED_STREAM => "RST_STREAM: refused",
        code::CANCEL => "RST_STREAM: cancelled",
        code::INTERNAL_ERROR => "RST_STREAM: internal error",
        code::ENHANCE_YOUR_CALM => "RST_STREAM: enhance your calm",
        _ => "RST_STREAM: an error",
    };
    RequestError::new(Failure::Reset, name)
}

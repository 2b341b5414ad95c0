//! HTTP/2's errors by name.

use brunt_scenarios::timeline::Failure;
use h2::Reason;

use crate::client::Missed;

impl From<&h2::Error> for Missed {
    fn from(error: &h2::Error) -> Self {
        if let Some(error) = error.get_io() {
            return Self::broken(error);
        }
        // What the server announces is its doing; what the library finds wrong is a breach of the protocol.
        match (error.is_remote(), error.is_go_away(), error.reason()) {
            (true, true, reason) => Self::new(Failure::Reset, goaway(reason)),
            (true, false, reason) => Self::new(Failure::Reset, reset(reason)),
            (false, _, Some(Reason::FLOW_CONTROL_ERROR)) => {
                Self::new(Failure::Protocol, "more data than HTTP/2's window lets")
            }
            (false, _, Some(Reason::FRAME_SIZE_ERROR)) => {
                Self::new(Failure::Protocol, "not a frame of HTTP/2")
            }
            (false, _, Some(Reason::COMPRESSION_ERROR)) => {
                Self::new(Failure::Protocol, "headers that HPACK cannot read")
            }
            (false, ..) => Self::new(Failure::Protocol, "a breach of HTTP/2's rules"),
        }
    }
}

fn goaway(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::NO_ERROR) => "GOAWAY",
        Some(Reason::ENHANCE_YOUR_CALM) => "GOAWAY: enhance your calm",
        Some(Reason::PROTOCOL_ERROR) => "GOAWAY: protocol error",
        _ => "GOAWAY: an error",
    }
}

fn reset(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::REFUSED_STREAM) => "RST_STREAM: refused",
        Some(Reason::CANCEL) => "RST_STREAM: cancelled",
        Some(Reason::INTERNAL_ERROR) => "RST_STREAM: internal error",
        Some(Reason::ENHANCE_YOUR_CALM) => "RST_STREAM: enhance your calm",
        _ => "RST_STREAM: an error",
    }
}

//! Why a request got no reply: a kind, and the name under which it is counted within that kind.
//!
//! Kinds are the timeline's [`Failure`]; names are constants, so that counting one allocates
//! nothing. Each layer names its own errors: connections in `net`, a protocol's in its folder.

mod tls_cause;

use std::io;

use brunt_scenarios::timeline::Failure;

pub(crate) use tls_cause::tls_cause;

/// Why a request got no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestError {
    pub failure: Failure,
    /// How exactly it failed. The figures have a line for each cause, so there must be few.
    pub cause: &'static str,
}

impl RequestError {
    pub const CLOSED_UNANSWERED: Self = Self::new(Failure::Reset, "closed without a reply");
    pub const CLOSED_MIDWAY: Self = Self::new(Failure::Reset, "closed in the middle of a reply");

    pub const fn new(failure: Failure, cause: &'static str) -> Self {
        Self { failure, cause }
    }

    /// An error of a connection on which a request was sent.
    pub fn broken(error: &io::Error) -> Self {
        match tls_cause(error) {
            Some(cause) => Self::new(Failure::Tls, cause),
            // rustls reports a connection that ends without close_notify like this. It is the
            // same to a user as a reset, but it has a name of its own.
            None if error.kind() == io::ErrorKind::UnexpectedEof => {
                Self::new(Failure::Reset, "closed without TLS's close_notify")
            }
            None => Self::new(Failure::Reset, "the connection was reset"),
        }
    }
}

//! Why a request got no reply: a kind, and the name under which it is counted within that kind.
//!
//! Kinds are the timeline's [`Failure`]; names are constants, so that counting one allocates
//! nothing. Each layer names its own errors: connections in `net`, a protocol's in its folder.

use std::io;

use brunt_scenarios::timeline::Failure;
use tokio_rustls::rustls::Error as RustlsError;

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

/// The cause in TLS; `None` when the error does not come from rustls.
pub(crate) fn tls_cause(error: &io::Error) -> Option<&'static str> {
    let error = error.get_ref()?.downcast_ref::<RustlsError>()?;
    Some(match error {
        RustlsError::AlertReceived(_) => "the server sent an alert",
        RustlsError::InvalidCertificate(_) => "the certificate is not valid",
        RustlsError::InvalidMessage(_) => "the server does not speak TLS",
        RustlsError::NoApplicationProtocol => "no common protocol",
        _ => "the server violated the TLS protocol",
    })
}

//! Why a request got no reply: a kind, and by what name it is counted within it.

use std::io;

use brunt_scenarios::timeline::Failure;
use tokio_rustls::rustls::Error as TlsError;

use crate::engine::Interrupt;
use crate::http1::{Http1Error, MalformedReply, PrematureClose};
use crate::net::ConnectError;

/// Why a request got no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestError {
    pub failure: Failure,
    /// A name for this way to fail; one of few.
    pub cause: &'static str,
}

impl RequestError {
    pub const fn new(failure: Failure, cause: &'static str) -> Self {
        Self { failure, cause }
    }
}

impl From<Interrupt> for RequestError {
    fn from(interrupt: Interrupt) -> Self {
        match interrupt {
            Interrupt::Deadline => Self::new(Failure::Timeout, "no whole reply in time"),
            Interrupt::Over => Self::new(Failure::Unfinished, "in flight at the end"),
        }
    }
}

impl From<&ConnectError> for RequestError {
    fn from(error: &ConnectError) -> Self {
        match error {
            ConnectError::Dns(_) => Self::new(Failure::Dns, "the name was not found"),
            ConnectError::Connect(error) => Self::new(Failure::Connect, connect(error)),
            ConnectError::Proxy(_) => Self::new(Failure::Connect, "the proxy did not answer"),
            ConnectError::Refused => Self::new(Failure::Connect, "the proxy refused"),
            ConnectError::Tls(error) => {
                Self::new(Failure::Tls, tls(error).unwrap_or("the handshake was cut off"))
            }
            ConnectError::Version => {
                Self::new(Failure::Protocol, "the server does not agree to HTTP/2")
            }
        }
    }
}

impl From<&Http1Error> for RequestError {
    fn from(error: &Http1Error) -> Self {
        match error {
            Http1Error::Io(error) => Self::broken(error),
            Http1Error::Cut(PrematureClose::Unanswered) => {
                Self::new(Failure::Reset, "closed without a reply")
            }
            Http1Error::Cut(PrematureClose::Midway) => {
                Self::new(Failure::Reset, "closed in the midst of a reply")
            }
            Http1Error::Malformed(malformed) => Self::new(Failure::Protocol, protocol(malformed)),
        }
    }
}

impl RequestError {
    /// An error of a connection on which a request was sent.
    pub fn broken(error: &io::Error) -> Self {
        match tls(error) {
            Some(cause) => Self::new(Failure::Tls, cause),
            None if error.kind() == io::ErrorKind::UnexpectedEof => {
                Self::new(Failure::Reset, "closed without TLS's goodbye")
            }
            None => Self::new(Failure::Reset, "the connection was reset"),
        }
    }
}

fn connect(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "refused",
        io::ErrorKind::NotFound => "there is no such socket",
        io::ErrorKind::ConnectionReset => "reset while connecting",
        io::ErrorKind::TimedOut => "nobody answered",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "no route",
        _ => "no connection",
    }
}

/// What TLS has to say; `None` when it was not TLS.
fn tls(error: &io::Error) -> Option<&'static str> {
    let error = error.get_ref()?.downcast_ref::<TlsError>()?;
    Some(match error {
        TlsError::AlertReceived(_) => "the server sent an alert",
        TlsError::InvalidCertificate(_) => "the certificate does not hold",
        TlsError::InvalidMessage(_) => "the server does not speak TLS",
        TlsError::NoApplicationProtocol => "no common protocol",
        _ => "the server broke TLS's rules",
    })
}

fn protocol(malformed: &MalformedReply) -> &'static str {
    match malformed {
        MalformedReply::Head(_) => "not a reply's head",
        MalformedReply::Headers => "too many headers",
        MalformedReply::Status(_) => "a status that is none",
        MalformedReply::LongHead => "a head without an end",
        MalformedReply::Interim => "interim replies without an end",
        MalformedReply::Upgrade => "a switch of protocols that nobody asked for",
        MalformedReply::Length => "a content-length that is not a length",
        MalformedReply::Chunk(_) => "a wrong chunk",
        MalformedReply::Surplus => "more bytes than the reply announced",
    }
}

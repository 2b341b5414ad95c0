//! Why a connection could not be opened.

use std::io;

use brunt_scenarios::timeline::Failure;

use super::own_limits::{own_limit, own_limit_of_lookup};
use super::tls::TlsError;
use crate::failure::{RequestError, tls_cause};

/// Why a connection could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// This machine let no connection be opened: it had no descriptors, ports or memory left.
    #[error("{0}")]
    Own(&'static str),
    /// A name that the resolver does not know, or no resolver.
    #[error("the name cannot be looked up: {0}")]
    Dns(#[source] io::Error),
    /// A server that takes no connection at any of its addresses.
    #[error("{0}")]
    Connect(#[source] io::Error),
    /// A proxy that takes no connection, or closes it.
    #[error("the proxy did not answer: {0}")]
    Proxy(#[source] io::Error),
    /// A proxy that answers a CONNECT with something else than a 2xx.
    #[error("the proxy refused")]
    Refused,
    /// A handshake that fails, on a certificate for example.
    #[error("TLS: {0}")]
    Tls(#[source] io::Error),
    /// A server that chooses HTTP/1.1, or nothing, where HTTP/2 is wanted.
    #[error("the server does not agree to HTTP/2")]
    Version,
}

/// Why connections to a server cannot even be tried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerSetupError {
    #[error("{0}")]
    Lookup(#[source] io::Error),
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl ConnectError {
    /// The error of a socket that could not be connected to its address.
    pub(super) fn socket(error: io::Error) -> Self {
        own_limit(&error).map_or(Self::Connect(error), Self::Own)
    }

    /// The error of a lookup.
    pub(super) fn lookup(error: io::Error) -> Self {
        own_limit_of_lookup(&error).map_or(Self::Dns(error), Self::Own)
    }
}

impl From<&ConnectError> for RequestError {
    fn from(error: &ConnectError) -> Self {
        match error {
            // A kind of its own would change what reports and exports have columns for; the cause
            // says whose failure it is, and the load's schedule counts as missed.
            ConnectError::Own(limit) => Self::new(Failure::Connect, limit),
            ConnectError::Dns(_) => Self::new(Failure::Dns, "the name was not found"),
            ConnectError::Connect(error) => Self::new(Failure::Connect, connect_cause(error)),
            ConnectError::Proxy(_) => Self::new(Failure::Connect, "the proxy did not answer"),
            ConnectError::Refused => Self::new(Failure::Connect, "the proxy refused"),
            ConnectError::Tls(error) => {
                Self::new(Failure::Tls, tls_cause(error).unwrap_or("the handshake was cut off"))
            }
            ConnectError::Version => {
                Self::new(Failure::Protocol, "the server does not agree to HTTP/2")
            }
        }
    }
}

fn connect_cause(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "refused",
        io::ErrorKind::NotFound => "there is no such socket",
        io::ErrorKind::ConnectionReset => "reset while connecting",
        io::ErrorKind::TimedOut => "no answer",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "no route",
        _ => "no connection",
    }
}

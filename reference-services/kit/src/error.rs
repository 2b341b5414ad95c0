//! Why a service could not start, or ended unexpectedly.

use std::io;

use crate::config::ConfigError;
use crate::log::LogError;
use crate::store::StoreError;

/// Why a service could not start, or ended unexpectedly. Each message is one line and says
/// what to do.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A variable has a value that cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No such service in this system.
    #[error("there is no service {name:?}; the services are {known}")]
    UnknownService {
        /// The name as asked for.
        name: String,
        /// The names that exist, separated by commas.
        known: String,
    },
    /// Another process listens on the port.
    #[error(
        "{service} cannot listen on {address}: the port is in use; stop what uses it, or set PORT"
    )]
    PortInUse {
        /// The service that wanted it.
        service: String,
        /// The host and port that are taken.
        address: String,
    },
    /// The port cannot be used for another reason.
    #[error("{service} cannot listen on {address}: {source}; check HOST and PORT")]
    Bind {
        /// The service that wanted it.
        service: String,
        /// The host and port that are taken.
        address: String,
        /// The operating system's error.
        source: io::Error,
    },
    /// The service's own store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The event log cannot be used.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The signals that ask a service to stop cannot be received.
    #[error("signals cannot be received: {0}")]
    Signals(#[source] io::Error),
    /// A second signal arrived while the service was stopping.
    #[error("stopped at once by a second signal; what was in hand is redone at the next start")]
    Interrupted,
}

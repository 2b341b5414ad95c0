//! What can go wrong when a proxy is set up.

use std::io;

use thiserror::Error;

/// A proxy could not be set up.
#[derive(Debug, Error)]
pub enum ProxyError {
    /// Another process listens on the port.
    #[error("port {port} is in use")]
    InUse {
        /// The port that was to be listened on.
        port: u16,
    },
    /// The operating system does not let it listen.
    #[error("cannot listen on port {port}")]
    Bind {
        /// The port that was to be listened on; 0 stands for any free one.
        port: u16,
        /// The operating system's reason.
        source: io::Error,
    },
}

impl ProxyError {
    pub(crate) fn binding(port: u16, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::InUse { port },
            _ => Self::Bind { port, source },
        }
    }
}

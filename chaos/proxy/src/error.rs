//! What can go wrong when a proxy is set up.

use std::io;

use thiserror::Error;

/// A proxy could not be set up.
#[derive(Debug, Error)]
pub enum ProxyError {
    /// Something else listens there.
    #[error("port {port} is in use")]
    InUse {
        /// The port.
        port: u16,
    },
    /// The system does not let it listen.
    #[error("cannot listen on port {port}: {source}")]
    Bind {
        /// The port; 0 stands for any free one.
        port: u16,
        /// Why not.
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

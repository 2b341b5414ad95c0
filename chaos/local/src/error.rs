//! Why a system could not be started, and what to do about it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

/// A system could not be started, or does not become ready.
#[derive(Debug, Error)]
pub enum LocalError {
    /// A program is not there.
    #[error(
        "service {service}: there is no program `{program}`; install it, or give its path in `command` (relative to the service's folder)"
    )]
    NoProgram {
        /// The service.
        service: String,
        /// The program as it is written.
        program: String,
    },
    /// A folder to start in is not there.
    #[error("service {service}: there is no folder {}; `dir` is relative to the system file", folder.display())]
    NoFolder {
        /// The service.
        service: String,
        /// The folder.
        folder: PathBuf,
    },
    /// A folder cannot be made or written to.
    #[error("cannot write to the folder {}: {source}; choose another one, or change its permissions", folder.display())]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Something else listens where a service should be offered.
    #[error("service {service}: port {port} is in use{}; stop what uses it, or change `port` in the system file", by(.holder.as_deref()))]
    PortInUse {
        /// The service.
        service: String,
        /// The port.
        port: u16,
        /// The process that listens there, if that can be found out.
        holder: Option<String>,
    },
    /// A service's proxy could not be set up.
    #[error("service {service}: {source}")]
    Proxy {
        /// The service.
        service: String,
        /// Why not.
        source: brunt_proxy::ProxyError,
    },
    /// The URL of a service that runs already cannot be used.
    #[error(
        "service {service}: `{url}` is not a URL like http://HOST:PORT; only plain HTTP goes through the proxy"
    )]
    Url {
        /// The service.
        service: String,
        /// The URL.
        url: String,
    },
    /// The supervisor's own helpers could not be started.
    #[error("cannot start {what}: {source}")]
    Supervisor {
        /// What.
        what: String,
        /// Why not.
        source: io::Error,
    },
    /// A replica ended before it was ready.
    #[error("{service} ended before it was ready ({how}); the end of its log, {}:\n{log}", path.display())]
    Ended {
        /// The service.
        service: String,
        /// How it ended.
        how: String,
        /// The last lines of its log.
        log: String,
        /// The log.
        path: PathBuf,
    },
    /// A service was not ready in time.
    #[error(
        "{service} is not ready after {:.1} s: {why}; the end of its log, {}:\n{log}",
        within.as_secs_f64(),
        path.display()
    )]
    NotReady {
        /// The service.
        service: String,
        /// The time it had.
        within: Duration,
        /// What is missing.
        why: String,
        /// The last lines of its log.
        log: String,
        /// The log.
        path: PathBuf,
    },
}

fn by(holder: Option<&str>) -> String {
    holder.map(|holder| format!(" by {holder}")).unwrap_or_default()
}

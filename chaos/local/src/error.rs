//! Why a system could not be started, and what to do about it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use brunt_proxy::ProxyError;
use thiserror::Error;

use crate::launch_spec::LaunchError;

/// A system could not be started, or does not become ready.
#[derive(Debug, Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum LocalError {
    #[error(
        "service {service}: there is no program `{program}`; install it, or give its path in \
         `command` (relative to the service's folder)"
    )]
    NoProgram { service: String, program: String },
    #[error(
        "service {service} has no `command`, so that it cannot be started on this machine; add \
         `command: [program, arguments…]` to the system file, or run it on a cluster by \
         --on kubernetes"
    )]
    NoCommand { service: String },
    #[error(
        "service {service}: there is no folder {}; `dir` is relative to the system file",
        folder.display()
    )]
    NoFolder { service: String, folder: PathBuf },
    #[error(
        "cannot write to the folder {}; choose another one, or change its permissions",
        folder.display()
    )]
    NotWritable { folder: PathBuf, source: io::Error },
    #[error(
        "the folder {} is in use{}; stop what uses it, or choose another one with --data",
        folder.display(),
        by(process.as_deref())
    )]
    DataInUse {
        folder: PathBuf,
        /// The process that has it, if that can be found out.
        process: Option<String>,
    },
    #[error(
        "{} was not made by brunt, so nothing in it is removed; leave out --fresh, choose another \
         folder with --data, or empty it yourself",
        folder.display()
    )]
    ForeignData { folder: PathBuf },
    #[error(
        "service {service}: port {port} is in use{}; stop what uses it, or change `port` in the \
         system file",
        by(process.as_deref())
    )]
    PortInUse {
        service: String,
        port: u16,
        /// The process that listens there, if that can be found out.
        process: Option<String>,
    },
    #[error("service {service} gets no proxy")]
    Proxy { service: String, source: ProxyError },
    /// A value that is to be filled in is missing.
    #[error("service {service} cannot be started")]
    Launch { service: String, source: Box<dyn std::error::Error + Send + Sync> },
    /// The supervisor's own thread or reaper could not be started.
    #[error("cannot start {what}")]
    Supervisor { what: String, source: io::Error },
    #[error(
        "the log of {service} ends with:\n{log}\n{service} ended before it was ready ({how}{}); \
         its whole log is {}",
        again(*restarts),
        path.display()
    )]
    Ended {
        service: String,
        /// The exit status or the signal, in words.
        how: String,
        /// How often it was started again.
        restarts: u32,
        /// The last lines of its log, indented.
        log: String,
        path: PathBuf,
    },
    #[error(
        "the log of {service} ends with:\n{log}\n{service} is not ready after {:.1} s: {why}; its \
         whole log is {}",
        within.as_secs_f64(),
        path.display()
    )]
    NotReady {
        service: String,
        /// The time that it had.
        within: Duration,
        /// How its readiness probe failed last, or what it does not do.
        why: String,
        /// The last lines of its log, indented.
        log: String,
        path: PathBuf,
    },
}

impl LocalError {
    pub(crate) fn launch(service: &str, source: LaunchError) -> Self {
        Self::Launch { service: service.to_owned(), source: source.into() }
    }
}

fn again(restarts: u32) -> String {
    match restarts {
        0 => String::new(),
        1 => ", started again once".to_owned(),
        times => format!(", started again {times} times"),
    }
}

fn by(process: Option<&str>) -> String {
    process.map(|process| format!(" by {process}")).unwrap_or_default()
}

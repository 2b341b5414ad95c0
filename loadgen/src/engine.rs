//! Threads that put load on: each with its own runtime, connections and figures, sharing nothing
//! until the end.

mod cpu_usage;
mod executor;
mod running;
mod shared;
mod sweep;
mod timer;
mod worker;

use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Instant;

use brunt_scenarios::plan::Arrival;

pub use running::RunningLoads;
use shared::SharedState;

use crate::job::{Bound, Job, JobError, PrepareError, PreparedJob};
use crate::net::{ServerSetupError, TlsError};

/// Why load cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Nothing to do.
    #[error("there is no load to put on")]
    Nothing,
    /// A load without requests, users or connections.
    #[error("load `{0}` has no {1}")]
    Empty(String, &'static str),
    /// A load without an end.
    #[error("load `{0}` has no end: the open model needs a time")]
    Endless(String),
    /// A request that cannot be sent.
    #[error("load `{load}`: {error}")]
    Request {
        /// The load's name.
        load: String,
        /// Why.
        error: JobError,
    },
    /// A name without an address.
    #[error("load `{load}`: {address} cannot be looked up: {error}")]
    Lookup {
        /// The load's name.
        load: String,
        /// The host and port.
        address: String,
        /// What the resolver says.
        error: io::Error,
    },
    /// TLS that cannot be set up.
    #[error("load `{load}`: {error}")]
    Tls {
        /// The load's name.
        load: String,
        /// Why.
        error: TlsError,
    },
    /// No thread, or no runtime on it.
    #[error("a thread of the generator cannot start: {0}")]
    Thread(io::Error),
}

impl StartError {
    /// A server that cannot even be tried.
    pub(crate) fn unusable(load: String, address: String, error: ServerSetupError) -> Self {
        match error {
            ServerSetupError::Lookup(error) => Self::Lookup { load, address, error },
            ServerSetupError::Tls(error) => Self::Tls { load, error },
        }
    }
}

/// Starts to put load on and returns at once. The load begins at `origin`, which may lie a little
/// ahead; all times in the records count from it. `threads` are shared by all loads; 0 means one
/// for each processor.
///
/// # Errors
/// [`StartError`] when a job cannot be done at all. Servers that cannot be reached are no such
/// reason: they are counted.
pub fn start(jobs: Vec<Job>, origin: Instant, threads: usize) -> Result<RunningLoads, StartError> {
    let jobs = jobs.into_iter().map(ready).collect::<Result<Vec<_>, _>>()?;
    if jobs.is_empty() {
        return Err(StartError::Nothing);
    }
    let threads = match threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        given => given,
    };
    let live = || jobs.iter().map(|_| Mutex::default()).collect();
    let shared = Arc::new(SharedState {
        live: (0..threads).map(|_| live()).collect(),
        jobs,
        origin,
        threads,
        stop: AtomicBool::new(false),
    });
    let (told, hear) = mpsc::channel();
    let spawn = |thread: usize| {
        let (shared, told) = (Arc::clone(&shared), told.clone());
        let builder = std::thread::Builder::new().name(format!("load-{thread}"));
        builder.spawn(move || worker::work(thread, &shared, &told)).map_err(StartError::Thread)
    };
    let handles = (0..threads).map(spawn).collect::<Result<Vec<_>, _>>();
    drop(told);
    let running = |handles| RunningLoads::new(Arc::clone(&shared), handles);
    match (handles, hear.iter().take(threads).collect::<io::Result<()>>()) {
        (Ok(handles), Ok(())) => Ok(running(handles)),
        (Err(error), _) => {
            shared.stop.store(true, std::sync::atomic::Ordering::Relaxed);
            Err(error)
        }
        (Ok(handles), Err(error)) => {
            running(handles).stop();
            Err(StartError::Thread(error))
        }
    }
}

fn ready(job: Job) -> Result<Arc<PreparedJob>, StartError> {
    let load = job.name.clone();
    let missing = match &job.arrival {
        _ if job.requests.is_empty() && job.journeys.is_none() => Some("requests"),
        Arrival::Closed { users: 0, .. } => Some("users"),
        Arrival::Open { ramps } if ramps.is_empty() => Some("arrivals"),
        Arrival::Open { .. } if job.connections == 0 => Some("connections"),
        _ => None,
    };
    if let Some(missing) = missing {
        return Err(StartError::Empty(load, missing));
    }
    if matches!((&job.arrival, job.bound), (Arrival::Open { .. }, Bound::Repetitions(_))) {
        return Err(StartError::Endless(load));
    }
    match PreparedJob::new(job) {
        Ok(ready) => Ok(Arc::new(ready)),
        Err(PrepareError::Request(error)) => Err(StartError::Request { load, error }),
        Err(PrepareError::Server { address, error }) => {
            Err(StartError::unusable(load, address, error))
        }
    }
}

//! Worker threads that make load: each has its own runtime, connections and figures, and they share
//! nothing until the end.

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

use crate::job::{Bound, Job, JobError, PrepareError, PreparedJob, excess};
use crate::net::{ServerSetupError, TlsError};

/// Why loads cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A list without any job.
    #[error("there is no load to start")]
    Nothing,
    /// A load without requests, users or connections.
    #[error("load `{0}` has no {1}")]
    Empty(String, &'static str),
    /// A load without an end.
    #[error("load `{0}` has no end: the open model needs a time")]
    Endless(String),
    /// More than any generator can do: users, rates, times.
    #[error("load `{load}`: {excess}")]
    TooMuch {
        /// The load's name.
        load: String,
        /// What is too much, and how much may be.
        excess: String,
    },
    /// A request that cannot be written as HTTP.
    #[error("load `{load}`: {source}")]
    Request {
        /// The load's name.
        load: String,
        /// What is wrong with it.
        source: JobError,
    },
    /// A host that the resolver does not know.
    #[error("load `{load}`: {address} cannot be looked up: {source}")]
    Lookup {
        /// The load's name.
        load: String,
        /// The host and port.
        address: String,
        /// What the resolver says.
        source: io::Error,
    },
    /// Certificates that cannot be read, or a name that no certificate can have.
    #[error("load `{load}`: {source}")]
    Tls {
        /// The load's name.
        load: String,
        /// The file, name or setting that is wrong.
        source: TlsError,
    },
    /// A thread or its runtime that the operating system does not let start.
    #[error("a thread of the generator cannot start: {0}")]
    Thread(#[source] io::Error),
}

impl StartError {
    /// The error for a server that cannot be set up.
    pub(crate) fn server_setup(load: String, address: String, error: ServerSetupError) -> Self {
        match error {
            ServerSetupError::Lookup(source) => Self::Lookup { load, address, source },
            ServerSetupError::Tls(source) => Self::Tls { load, source },
        }
    }
}

/// Starts loads and returns at once. They begin at `origin`, which may lie a little
/// ahead; all times in the records count from it. All loads share the `threads`; 0 means
/// one for each processor.
///
/// # Errors
/// [`StartError`] when a job is not valid. Servers that cannot be reached are not an error: their
/// requests are counted as failed.
pub fn start(jobs: Vec<Job>, origin: Instant, threads: usize) -> Result<RunningLoads, StartError> {
    let jobs = jobs.into_iter().map(prepare).collect::<Result<Vec<_>, _>>()?;
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
    // A load that ran on fewer threads than it was divided by would lack a part of its arrivals, so
    // each thread reports whether its runtime started.
    let (started, starts) = mpsc::channel();
    let spawn = |thread: usize| {
        let (shared, started) = (Arc::clone(&shared), started.clone());
        let builder = std::thread::Builder::new().name(format!("load-{thread}"));
        builder.spawn(move || worker::work(thread, &shared, &started)).map_err(StartError::Thread)
    };
    let handles = (0..threads).map(spawn).collect::<Result<Vec<_>, _>>();
    // Without it, the wait for the reports of threads that were never made would not end.
    drop(started);
    let running = |handles| RunningLoads::new(Arc::clone(&shared), handles);
    match (handles, starts.iter().take(threads).collect::<io::Result<()>>()) {
        (Ok(handles), Ok(())) => {
            for prepared in &shared.jobs {
                tracing::info!(load = prepared.job.name, threads, "load started");
            }
            Ok(running(handles))
        }
        // The threads that did start would make a load that nobody can stop.
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

fn prepare(job: Job) -> Result<Arc<PreparedJob>, StartError> {
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
    if let Some(excess) = excess(&job) {
        return Err(StartError::TooMuch { load, excess });
    }
    if matches!((&job.arrival, job.bound), (Arrival::Open { .. }, Bound::Repetitions(_))) {
        return Err(StartError::Endless(load));
    }
    match PreparedJob::new(job) {
        Ok(ready) => Ok(Arc::new(ready)),
        Err(PrepareError::Request(source)) => Err(StartError::Request { load, source }),
        Err(PrepareError::Server { address, source }) => {
            Err(StartError::server_setup(load, address, source))
        }
    }
}

//! The log of one run: `log.jsonl` in its folder, beside the report.

mod bounded;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::{Level, Span, warn};
use tracing_subscriber::Registry;
use tracing_subscriber::registry::LookupSpan;

use bounded::Bounded;

/// The file's name.
const NAME: &str = "log.jsonl";

// How long it can get, in bytes: a run that takes days must not fill the disk.
const BOUND: u64 = 8 * 1024 * 1024;

/// The file of a run, as the run's span carries it.
#[derive(Clone)]
pub(super) struct SharedFile {
    file: Arc<Mutex<Bounded<File>>>,
    has_changes: Arc<AtomicBool>,
}

impl SharedFile {
    fn new(file: Bounded<File>) -> Self {
        Self { file: Arc::new(Mutex::new(file)), has_changes: Arc::default() }
    }

    pub fn write(&self, level: Level, line: &[u8]) {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).write(level, line);
    }

    /// Notes that the run has changed something outside of this process.
    pub fn note_change(&self) {
        self.has_changes.store(true, Ordering::Relaxed);
    }
}

/// Keeps what is logged within a run's span until this is dropped.
pub struct RunLog {
    path: PathBuf,
    file: SharedFile,
}

impl RunLog {
    /// Starts to keep what is logged within this span. A file that cannot be made is a warning: a
    /// run is worth more than its log.
    pub fn keep(span: &Span, folder: &Path) -> Option<Self> {
        let path = folder.join(NAME);
        let file = brunt_local::replace_file(&path)
            .inspect_err(|error| {
                warn!(path = %path.display(), error = error as &dyn std::error::Error, "the run is \
                    not logged");
            })
            .ok()?;
        let file = SharedFile::new(Bounded::new(file, BOUND));
        span.with_subscriber(|(id, subscriber)| {
            let registry = subscriber.downcast_ref::<Registry>();
            if let Some(span) = registry.and_then(|registry| registry.span(id)) {
                span.extensions_mut().insert(file.clone());
            }
        });
        Some(Self { path, file })
    }

    /// The file, if the run has changed something by now: a process, an edge or a cluster.
    pub fn with_changes(&self) -> Option<&Path> {
        self.file.has_changes.load(Ordering::Relaxed).then_some(&self.path)
    }
}

impl Drop for RunLog {
    fn drop(&mut self) {
        let ended = self.file.file.lock().unwrap_or_else(PoisonError::into_inner).end();
        if let Err(error) = ended {
            let error = &error as &dyn std::error::Error;
            warn!(path = %self.path.display(), error, "the run's log is not complete");
        }
    }
}

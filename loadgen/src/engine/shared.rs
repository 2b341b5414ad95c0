//! What the worker threads share.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::job::PreparedJob;
use crate::recorder::LiveFigures;

/// What the worker threads share: jobs to read, and two places to write to.
#[derive(Debug)]
pub(crate) struct SharedState {
    pub jobs: Vec<Arc<PreparedJob>>,
    pub origin: Instant,
    pub threads: usize,
    /// Set to stop all loads early. Each thread looks at it once a sweep.
    pub stop: AtomicBool,
    /// What each thread (outer) last published of each load (inner). A thread takes each lock ten
    /// times a second, whatever the rate.
    pub live: Vec<Vec<Mutex<LiveFigures>>>,
}

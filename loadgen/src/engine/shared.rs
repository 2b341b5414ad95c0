//! What all threads of the generator see.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::job::PreparedJob;
use crate::recorder::LiveFigures;

/// What all threads see.
#[derive(Debug)]
pub(crate) struct SharedState {
    pub jobs: Vec<Arc<PreparedJob>>,
    pub origin: Instant,
    pub threads: usize,
    /// Set to end all loads early.
    pub stop: AtomicBool,
    /// What each thread (outer) last published of each load (inner).
    pub live: Vec<Vec<Mutex<LiveFigures>>>,
}

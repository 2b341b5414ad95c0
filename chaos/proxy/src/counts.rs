//! How many requests came, reached the callee, and met a fault.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[derive(Debug, Default)]
pub(crate) struct Counts {
    requests: AtomicU64,
    reached: AtomicU64,
    faulted: AtomicU64,
}

/// What was counted up to now: requests, reached, faulted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) requests: u64,
    pub(crate) reached: u64,
    pub(crate) faulted: u64,
}

impl Counts {
    pub(crate) fn came(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    pub(crate) fn met_fault(&self) {
        self.faulted.fetch_add(1, Relaxed);
    }

    pub(crate) fn totals(&self) -> Totals {
        Totals {
            requests: self.requests.load(Relaxed),
            reached: self.reached.load(Relaxed),
            faulted: self.faulted.load(Relaxed),
        }
    }
}

/// Counts one request as having reached the callee, at most once however often it is tried.
///
/// It counts when the request is handed over, not when the reply comes: a caller that gives up
/// waiting has reached the callee all the same.
pub(crate) struct Visit<'a> {
    counts: &'a Counts,
    reached: bool,
}

impl<'a> Visit<'a> {
    pub(crate) fn new(counts: &'a Counts) -> Self {
        Self { counts, reached: false }
    }

    pub(crate) fn handed_over(&mut self) {
        if !self.reached {
            self.counts.reached.fetch_add(1, Relaxed);
        }
        self.reached = true;
    }

    /// It came back: nothing of it was sent.
    pub(crate) fn came_back(&mut self) {
        if self.reached {
            self.counts.reached.fetch_sub(1, Relaxed);
        }
        self.reached = false;
    }
}

//! How many requests arrived on an edge, reached the callee, and met a fault; and how many
//! connections and bytes there were.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use brunt_scenarios::plan::EdgeDirection;

/// Each is read for itself, while requests go on: a total may be a request ahead of another.
#[derive(Debug, Default)]
pub(crate) struct EdgeCounters {
    requests: AtomicU64,
    reached: AtomicU64,
    faulted: AtomicU64,
    connections: AtomicU64,
    opaque: AtomicU64,
    request_bytes: AtomicU64,
    reply_bytes: AtomicU64,
}

/// The counts at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EdgeTotals {
    pub(crate) requests: u64,
    pub(crate) reached: u64,
    pub(crate) faulted: u64,
    pub(crate) connections: u64,
    pub(crate) opaque: u64,
    pub(crate) request_bytes: u64,
    pub(crate) reply_bytes: u64,
}

impl EdgeCounters {
    pub(crate) fn request_arrived(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    /// For each request once, however many faults it and its reply meet.
    pub(crate) fn met_fault(&self) {
        self.faulted.fetch_add(1, Relaxed);
    }

    /// For a request that is handed over once, and cannot come back.
    pub(crate) fn reached(&self) {
        self.reached.fetch_add(1, Relaxed);
    }

    pub(crate) fn connection_opened(&self) {
        self.connections.fetch_add(1, Relaxed);
    }

    /// For a connection in whose bytes no requests are seen.
    pub(crate) fn is_opaque(&self) {
        self.opaque.fetch_add(1, Relaxed);
    }

    /// So many bytes were sent in one direction.
    pub(crate) fn passed(&self, direction: EdgeDirection, bytes: usize) {
        let count = match direction {
            EdgeDirection::Request => &self.request_bytes,
            EdgeDirection::Reply | EdgeDirection::Both => &self.reply_bytes,
        };
        count.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn totals(&self) -> EdgeTotals {
        EdgeTotals {
            requests: self.requests.load(Relaxed),
            reached: self.reached.load(Relaxed),
            faulted: self.faulted.load(Relaxed),
            connections: self.connections.load(Relaxed),
            opaque: self.opaque.load(Relaxed),
            request_bytes: self.request_bytes.load(Relaxed),
            reply_bytes: self.reply_bytes.load(Relaxed),
        }
    }
}

/// Counts one request as having reached the callee, at most once however many tries it takes.
///
/// It counts when the request is handed over, not when the reply comes: a caller that gives up
/// waiting has reached the callee all the same.
pub(crate) struct ReachedOnce<'a> {
    counters: &'a EdgeCounters,
    reached: bool,
}

impl<'a> ReachedOnce<'a> {
    pub(crate) fn new(counters: &'a EdgeCounters) -> Self {
        Self { counters, reached: false }
    }

    pub(crate) fn mark_reached(&mut self) {
        if !self.reached {
            self.counters.reached.fetch_add(1, Relaxed);
        }
        self.reached = true;
    }

    /// The connection gave the request back: nothing of it was sent.
    pub(crate) fn mark_unsent(&mut self) {
        if self.reached {
            self.counters.reached.fetch_sub(1, Relaxed);
        }
        self.reached = false;
    }
}

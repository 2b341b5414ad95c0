//! One request and its reply.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::duplicate::RequestCopy;
use super::request_info::RequestInfo;
use crate::edge::Edge;
use crate::faults::FaultId;

/// A stream that both peers know, or of which a fault has taken the request.
pub(super) struct Stream {
    pub(super) edge: Arc<Edge>,
    pub(super) info: RequestInfo,
    /// The latest fault that was there when it was opened, or that it has met since.
    pub(super) seen: FaultId,
    pub(super) opened: Instant,
    /// The fault that holds the request back, without a sign to either side.
    pub(super) held_by: Option<FaultId>,
    pub(super) caller_done: bool,
    pub(super) callee_done: bool,
    /// Whether it has been counted as having met a fault.
    pub(super) is_counted: bool,
    pub(super) reply: ReplyProgress,
    /// What a fault will send once more.
    pub(super) copy: Option<Box<RequestCopy>>,
}

/// What becomes of a reply.
#[derive(Debug, Default)]
pub(super) struct ReplyProgress {
    /// Whether its head has come.
    pub(super) has_begun: bool,
    /// What the faults were when the latency was last asked for.
    pub(super) generation: u64,
    /// The latencies that have hit it.
    pub(super) delayed_by: Vec<(FaultId, bool)>,
    /// How much later its frames are passed on.
    pub(super) delay: Duration,
    /// From when on its data is passed on.
    pub(super) body_from: Option<Instant>,
    /// Whether all of it is lost.
    pub(super) is_lost: bool,
    /// No frame is passed on before this, as earlier ones are not.
    pub(super) not_before: Option<Instant>,
}

impl Stream {
    pub(super) fn new(edge: Arc<Edge>, info: RequestInfo) -> Self {
        Self {
            seen: edge.faults.last_id(),
            edge,
            info,
            opened: Instant::now(),
            held_by: None,
            caller_done: false,
            callee_done: false,
            is_counted: false,
            reply: ReplyProgress::default(),
            copy: None,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.caller_done && self.callee_done
    }

    /// Counts the request as having met a fault, once.
    pub(super) fn count_fault(&mut self) {
        if !self.is_counted {
            self.is_counted = true;
            self.edge.counters.met_fault();
        }
    }
}

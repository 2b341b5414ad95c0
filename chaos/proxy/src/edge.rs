//! What all requests of one caller to one callee share.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use brunt_scenarios::plan::{EdgeFault, Protocol};
use brunt_scenarios::timeline::EdgeRecord;

use crate::counters::EdgeCounters;
use crate::endpoints::{EndpointGuard, Endpoints};
use crate::faults::{ActiveFaults, FaultId};
use crate::pool::UpstreamPool;

pub(crate) struct Edge {
    from: Option<String>,
    to: String,
    /// What is spoken on it, if that is known.
    pub(crate) protocol: Option<Protocol>,
    pub(crate) endpoints: Endpoints,
    pub(crate) pool: UpstreamPool,
    pub(crate) faults: ActiveFaults,
    pub(crate) counters: EdgeCounters,
    turns: AtomicUsize,
}

impl Edge {
    pub(crate) fn new(from: Option<&str>, to: &str, endpoints: Endpoints) -> Self {
        Self {
            from: from.map(str::to_owned),
            to: to.to_owned(),
            protocol: None,
            endpoints,
            pool: UpstreamPool::default(),
            faults: ActiveFaults::default(),
            counters: EdgeCounters::default(),
            turns: AtomicUsize::default(),
        }
    }

    /// The same edge, on which this is spoken.
    pub(crate) fn speaking(self, protocol: Option<Protocol>) -> Self {
        Self { protocol, ..self }
    }

    /// The next endpoint, in turn.
    pub(crate) fn pick(&self) -> Option<EndpointGuard> {
        self.endpoints.by_turn(self.turns.fetch_add(1, Relaxed))
    }

    /// Injects a fault. One that hits some of the endpoints only picks them now, as `seed` decides.
    pub(crate) fn inject(&self, fault: EdgeFault, seed: u64) -> FaultId {
        let before = self.faults.to_string();
        let id = self.faults.inject(fault, self.endpoints.list(), seed);
        self.log_change("fault injected", fault, &before);
        id
    }

    /// Ends a fault. Returns to how many requests it made a difference; `None` when it is not in
    /// force any more.
    pub(crate) fn recover(&self, id: FaultId) -> Option<u64> {
        let before = self.faults.to_string();
        let ended = self.faults.recover(id)?;
        self.log_change("fault recovered", ended.fault, &before);
        Some(ended.effect())
    }

    fn log_change(&self, what: &'static str, fault: EdgeFault, before: &str) {
        let edge = format!("{}→{}", self.from.as_deref().unwrap_or("outside"), self.to);
        tracing::info!(%edge, %fault, before, after = %self.faults, "{what}");
    }

    /// The counts up to now.
    pub(crate) fn record(&self) -> EdgeRecord {
        let totals = self.counters.totals();
        EdgeRecord {
            from: self.from.clone(),
            to: self.to.clone(),
            requests: totals.requests,
            reached: totals.reached,
            faulted: totals.faulted,
            connections: totals.connections,
            opaque_connections: totals.opaque,
            request_bytes: totals.request_bytes,
            reply_bytes: totals.reply_bytes,
        }
    }

    #[cfg(test)]
    pub(crate) fn caller(&self) -> Option<&str> {
        self.from.as_deref()
    }
}

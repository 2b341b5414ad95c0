//! What all requests of one caller to one callee share.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use brunt_scenarios::timeline::EdgeRecord;

use crate::counts::Counts;
use crate::endpoints::{Claim, Endpoints};
use crate::faults::Faults;
use crate::pool::Pool;

pub(crate) struct Edge {
    pub(crate) from: Option<String>,
    pub(crate) to: String,
    pub(crate) endpoints: Endpoints,
    pub(crate) pool: Pool,
    pub(crate) faults: Faults,
    pub(crate) counts: Counts,
    turns: AtomicUsize,
}

impl Edge {
    pub(crate) fn new(from: Option<&str>, to: &str, endpoints: Endpoints) -> Self {
        Self {
            from: from.map(str::to_owned),
            to: to.to_owned(),
            endpoints,
            pool: Pool::default(),
            faults: Faults::default(),
            counts: Counts::default(),
            turns: AtomicUsize::default(),
        }
    }

    /// The next endpoint in turn.
    pub(crate) fn pick(&self) -> Option<Claim> {
        self.endpoints.turn(self.turns.fetch_add(1, Relaxed))
    }

    /// What was counted up to now.
    pub(crate) fn record(&self) -> EdgeRecord {
        let totals = self.counts.totals();
        EdgeRecord {
            from: self.from.clone(),
            to: self.to.clone(),
            requests: totals.requests,
            reached: totals.reached,
            faulted: totals.faulted,
        }
    }
}

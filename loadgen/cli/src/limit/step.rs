//! One step of a search: a rate, and what came of it.

use brunt_scenarios::timeline::{LoadRecord, Schedule, SparseHistogram, Window};

use super::{Came, Slo};

/// A rate that was tried.
#[derive(Debug, Clone)]
pub struct Step {
    /// Arrivals in a second.
    pub rate: f64,
    /// Latency from the intended start, in microseconds.
    pub latency: SparseHistogram,
    /// The share of requests that failed, from 0 to 1.
    pub errors: f64,
    /// `None` when the generator missed its schedule, so that it says nothing of the server.
    pub holds: Option<bool>,
}

impl Step {
    /// From what was recorded of requests that were meant to start after the first so many seconds.
    pub fn of(rate: f64, record: &LoadRecord, slo: &Slo, after: f64) -> Self {
        let windows = || record.windows.iter().filter(|window| window.start >= after);
        let failed: u64 = windows().map(Window::failures).sum();
        let all = failed + windows().map(|window| window.ok).sum::<u64>();
        let holds = slo.judge(record, after).iter().all(|claim| claim.holds);
        Self {
            rate,
            latency: SparseHistogram::of(&SparseHistogram::merge(
                windows().map(|window| &window.latency),
            )),
            errors: failed as f64 / all.max(1) as f64,
            holds: (record.schedule == Schedule::Kept).then_some(holds),
        }
    }

    /// What it says to the search.
    pub(crate) fn came(&self) -> Came {
        match self.holds {
            Some(true) => Came::Held,
            Some(false) => Came::Broke,
            None => Came::Unfit,
        }
    }
}

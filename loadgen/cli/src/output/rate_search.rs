//! What a search for the highest rate measured, step by step.

use std::time::Duration;

use brunt_reports::Exit;
use brunt_scenarios::timeline::{LoadRecord, Schedule, SparseHistogram, Window};

use crate::limits::LoadLimits;

/// What a search for the highest rate found.
#[derive(Debug)]
pub(crate) struct RateSearchResult {
    /// What was found, in a sentence or two.
    pub conclusion: String,
    /// What had to hold: `p99 ≤ 200ms, errors ≤ 0.1%`.
    pub slo: String,
    /// The limits on latency: quantiles as they were written, and the most that each may be.
    pub limits: Vec<(String, Duration)>,
    pub exit: Exit,
    /// In the order in which they were made; a rate can occur several times.
    pub steps: Vec<RateStep>,
}

/// One step of a search: a rate, and what was measured at it.
#[derive(Debug, Clone)]
pub(crate) struct RateStep {
    /// Arrivals per second.
    pub rate: f64,
    /// From the intended start, in microseconds.
    pub latency: SparseHistogram,
    /// The share of requests that failed, from 0 to 1.
    pub errors: f64,
    /// Whether all limits hold; `None` when the generator missed its schedule, so that the step
    /// says nothing of the server.
    pub holds: Option<bool>,
}

impl RateStep {
    /// From the requests of a load that were meant to start after the first so many seconds.
    pub fn measured(rate: f64, record: &LoadRecord, slo: &LoadLimits, after: f64) -> Self {
        let windows = || record.windows.iter().filter(|window| window.start >= after);
        let failed: u64 = windows().map(Window::failures).sum();
        let all = failed + windows().map(|window| window.ok).sum::<u64>();
        let holds = slo.measure(windows()).iter().all(|(_, (holds, _))| *holds == Some(true));
        Self {
            rate,
            latency: SparseHistogram::of(&SparseHistogram::merge(
                windows().map(|window| &window.latency),
            )),
            errors: failed as f64 / all.max(1) as f64,
            holds: (record.schedule == Schedule::Kept).then_some(holds),
        }
    }
}

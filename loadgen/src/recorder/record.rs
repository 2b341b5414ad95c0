//! What a worker thread recorded of a load.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::{Failure, JourneyRecord};
use hdrhistogram::Histogram;

use super::phases::PhaseTimes;
use super::totals::Totals;
use super::windows::WindowCounts;

/// Requests without a reply, by kind and by name within it.
pub(crate) type Causes = BTreeMap<(Failure, &'static str), u64>;

/// What a worker thread recorded of a load, at its end.
#[derive(Debug)]
pub(crate) struct WorkerRecord {
    pub windows: WindowCounts,
    pub service: Histogram<u64>,
    pub lag: Histogram<u64>,
    pub phases: PhaseTimes,
    pub totals: Totals,
    pub causes: Causes,
    pub accepted: Vec<(u64, String)>,
    pub unknown: u64,
    pub journeys: Vec<JourneyRecord>,
}

/// Whether a request's time is a latency: that of a reply is, and so is the wait for one that never
/// came. A refused connection is quick, and must not make the quantiles look better.
pub(super) fn has_latency(failure: Option<Failure>) -> bool {
    matches!(
        failure,
        None | Some(Failure::Status(_) | Failure::Check | Failure::Timeout | Failure::Unfinished)
    )
}

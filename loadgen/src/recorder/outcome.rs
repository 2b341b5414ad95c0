//! The threads' figures, put together.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_scenarios::timeline::{Counts, Failure, LoadRecord, Schedule};

use super::{Phases, Record, Totals, journeys};

/// What came of a load.
#[derive(Debug, Clone)]
pub struct LoadOutcome {
    /// Its windows, histograms and keys.
    pub record: LoadRecord,
    /// Its sums.
    pub totals: Totals,
    /// Requests without a reply: their kinds, told apart by how exactly each came about.
    pub causes: BTreeMap<(Failure, &'static str), u64>,
    /// What the parts of its requests took.
    pub phases: Phases,
    /// From the start to the end of its last request.
    pub elapsed: Duration,
}

/// Adds up what each thread recorded of a load; `None` without any.
pub(crate) fn merge(
    name: &str,
    parts: Vec<Record>,
    elapsed: Duration,
    judge: impl FnOnce(&hdrhistogram::Histogram<u64>) -> Schedule,
) -> Option<LoadOutcome> {
    let sum = parts.into_iter().reduce(|mut sum, part| {
        sum.windows.merge(part.windows);
        // Both have the same bounds, so nothing can be out of them.
        let _ = sum.service.add(part.service);
        let _ = sum.lag.add(part.lag);
        sum.phases.merge(part.phases);
        sum.totals.merge(&part.totals);
        for (cause, count) in part.causes {
            *sum.causes.entry(cause).or_default() += count;
        }
        sum.accepted.extend(part.accepted);
        sum.unknown += part.unknown;
        journeys::merge(&mut sum.journeys, part.journeys);
        sum
    })?;
    let mut accepted = sum.accepted;
    accepted.sort_by_key(|(when, _)| *when);
    let (windows, window) = sum.windows.finish();
    let record = LoadRecord {
        name: name.to_owned(),
        windows,
        window,
        service_time: Counts::of(&sum.service),
        lag: Counts::of(&sum.lag),
        schedule: judge(&sum.lag),
        accepted: accepted.into_iter().map(|(_, key)| key).collect(),
        journeys: sum.journeys,
        unknown: sum.unknown,
    };
    Some(LoadOutcome { record, totals: sum.totals, causes: sum.causes, phases: sum.phases.finish(), elapsed })
}

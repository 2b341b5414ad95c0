//! The sum of all threads' records.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_scenarios::timeline::{Failure, LoadRecord, SparseHistogram};
use serde::{Deserialize, Serialize};

use super::journeys;
use super::schedule_check;

use super::phases::Phases;
use super::record::WorkerRecord;
use super::schedule_check::ScheduleEvidence;
use super::totals::Totals;

/// The generator's own trouble beside its lag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GeneratorTrouble {
    /// For how long arrivals waited for a thread without processor time; the worst thread's figure.
    pub starved: Duration,
    /// From the start to the end of the last request.
    pub elapsed: Duration,
    /// What the machine lacked, or which part of the generator failed.
    pub trouble: Option<String>,
}

impl GeneratorTrouble {
    /// Adds another thread's or generator's.
    pub fn and(self, other: Self) -> Self {
        Self {
            starved: self.starved.max(other.starved),
            elapsed: self.elapsed.max(other.elapsed),
            trouble: self.trouble.or(other.trouble),
        }
    }
}

/// The result of a load.
#[derive(Debug, Clone)]
pub struct LoadOutcome {
    /// Windows, histograms and keys, as scenarios judge them.
    pub record: LoadRecord,
    /// Sums over the whole load.
    pub totals: Totals,
    /// Requests without a reply, by kind and by the exact cause within it.
    pub causes: BTreeMap<(Failure, &'static str), u64>,
    /// How long the parts of requests took.
    pub phases: Phases,
    /// From the start to the end of its last request.
    pub elapsed: Duration,
}

/// Adds up what threads, or generators, recorded of a load; `None` without any.
pub(crate) fn sum(parts: impl IntoIterator<Item = WorkerRecord>) -> Option<WorkerRecord> {
    parts.into_iter().reduce(|mut sum, part| {
        sum.windows.merge(part.windows);
        // All histograms have the same bounds, so adding one cannot fail.
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
    })
}

/// The result of a load, from the sum of all records and the generators' own trouble.
pub(crate) fn outcome(name: &str, sum: WorkerRecord, trouble: GeneratorTrouble) -> LoadOutcome {
    let GeneratorTrouble { starved, elapsed, trouble } = trouble;
    let schedule =
        schedule_check::judge(&ScheduleEvidence { lag: &sum.lag, starved, elapsed, trouble });
    let mut accepted = sum.accepted;
    accepted.sort();
    let (mut windows, window) = sum.windows.finish();
    // Windows beyond the last arrival have nothing but what was sent late.
    while windows.last().is_some_and(|window| window.requests() == 0) {
        windows.pop();
    }
    let record = LoadRecord {
        name: name.to_owned(),
        windows,
        window,
        service_time: SparseHistogram::of(&sum.service),
        lag: SparseHistogram::of(&sum.lag),
        schedule,
        accepted: accepted.into_iter().map(|(_, key)| key).collect(),
        journeys: sum.journeys,
        unknown: sum.unknown,
    };
    LoadOutcome {
        record,
        totals: sum.totals,
        causes: sum.causes,
        phases: sum.phases.finish(),
        elapsed,
    }
}

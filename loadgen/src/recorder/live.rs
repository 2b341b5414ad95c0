//! Figures of a load while it runs.

use brunt_scenarios::timeline::SparseHistogram;
use serde::{Deserialize, Serialize};

use super::totals::Totals;

/// The figures of all loads at one moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    /// Seconds since the loads' start; negative before it.
    pub at: f64,
    /// Each load, in the jobs' order.
    pub loads: Vec<LoadSnapshot>,
}

/// The figures of one load at one moment; up to a tenth of a second old.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LoadSnapshot {
    /// The job's name.
    pub name: String,
    /// Sums since the start.
    pub totals: Totals,
    /// Requests that were sent and have not ended.
    pub in_flight: u64,
    /// Arrivals that are due and wait for a connection; open model only.
    pub queued: u64,
    /// What was completed in the last full second.
    pub second: LastSecond,
    /// Whether the load has ended on all threads.
    pub over: bool,
}

/// What was completed in the last full second.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LastSecond {
    /// The second's number: 1 is the load's first; 0 before that has passed.
    pub number: u64,
    /// The number of good replies.
    pub ok: u64,
    /// The number of requests that failed in any way.
    pub failed: u64,
    /// Latencies from the intended start, in microseconds.
    pub latency: SparseHistogram,
    /// The generator's own longest lag, in microseconds.
    pub lag: u64,
}

impl Snapshot {
    /// The sum of what several generators show of the same loads.
    pub fn sum(at: f64, all: &[Self]) -> Self {
        let names =
            all.first().into_iter().flat_map(|one| &one.loads).map(|load| load.name.as_str());
        let of = |(place, name)| {
            let live = all.iter().filter_map(|one| one.loads.get(place)).map(LiveFigures::from);
            LoadSnapshot::of(name, live)
        };
        Self { at, loads: names.enumerate().map(of).collect() }
    }
}

impl From<&LoadSnapshot> for LiveFigures {
    fn from(load: &LoadSnapshot) -> Self {
        let LoadSnapshot { totals, in_flight, queued, second, over, .. } = load.clone();
        Self { totals, in_flight, queued, second, over }
    }
}

impl LastSecond {
    /// A quantile (0 to 1) of done − intended, in seconds; `None` when nothing was completed.
    pub fn quantile(&self, quantile: f64) -> Option<f64> {
        self.latency.quantile(quantile).map(|micros| micros as f64 / 1e6)
    }

    /// The share of requests that failed, from 0 to 1; `None` when nothing was completed.
    pub fn error_rate(&self) -> Option<f64> {
        let all = self.ok + self.failed;
        (all > 0).then(|| self.failed as f64 / all as f64)
    }
}

/// What one thread publishes of a load.
#[derive(Debug, Clone, Default)]
pub(crate) struct LiveFigures {
    pub totals: Totals,
    pub in_flight: u64,
    pub queued: u64,
    pub second: LastSecond,
    pub over: bool,
}

impl LoadSnapshot {
    /// The sum of what the threads published.
    pub(crate) fn of(name: &str, threads: impl Iterator<Item = LiveFigures>) -> Self {
        let mut sum = Self { name: name.to_owned(), over: true, ..Self::default() };
        let mut number = None;
        for live in threads {
            // Threads publish one after the other: a second counts once the last of them has.
            if !live.over {
                number = Some(
                    number.map_or(live.second.number, |least: u64| least.min(live.second.number)),
                );
            }
            sum.totals.merge(&live.totals);
            sum.in_flight += live.in_flight;
            sum.queued += live.queued;
            sum.over &= live.over;
            sum.second.ok += live.second.ok;
            sum.second.failed += live.second.failed;
            sum.second.lag = sum.second.lag.max(live.second.lag);
            sum.second.latency.add_all(live.second.latency);
        }
        sum.second.number = number.unwrap_or_default();
        sum
    }
}

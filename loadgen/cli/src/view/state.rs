//! The figures that a view draws.

use std::time::Duration;

use brunt_loadgen::{LastSecond, LoadSnapshot, Snapshot, Totals};
use brunt_scenarios::timeline::{SparseHistogram, histogram};
use hdrhistogram::Histogram;

use super::columns::TimeColumns;

/// The load that a view is of, in words and with its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct ViewConfig {
    /// The request, how many of them there are, or a load file's name.
    pub what: String,
    /// How requests arrive: users or a rate.
    pub how: String,
    /// After which time the load ends, if a time ends it.
    pub lasts: Option<Duration>,
    /// After how many requests the load ends, if their number ends it.
    pub requests: Option<u64>,
}

/// The figures of a load so far.
pub(crate) struct ViewState {
    pub(super) config: ViewConfig,
    /// Seconds since the start.
    pub(super) at: f64,
    pub(super) columns: TimeColumns,
    /// Latencies of all full seconds.
    pub(super) latency: Histogram<u64>,
    /// The last full second.
    pub(super) second: LastSecond,
    /// The longest of the generator's own lags, in microseconds.
    pub(super) lag: u64,
    pub(super) totals: Totals,
    pub(super) in_flight: u64,
    pub(super) queued: u64,
    /// Whether a key asked for an early end.
    pub(super) stopping: bool,
}

impl ViewState {
    pub fn new(config: ViewConfig) -> Self {
        Self {
            config,
            at: 0.0,
            columns: TimeColumns::new(),
            latency: histogram(),
            second: LastSecond::default(),
            lag: 0,
            totals: Totals::default(),
            in_flight: 0,
            queued: 0,
            stopping: false,
        }
    }

    /// Shows that the load is about to end early.
    pub fn stop(&mut self) {
        self.stopping = true;
    }

    /// Takes the next figures. Seconds that were seen before are not counted again.
    pub fn update(&mut self, snapshot: &Snapshot) {
        self.at = snapshot.at.max(0.0);
        let loads = || snapshot.loads.iter();
        self.totals = Totals::default();
        loads().for_each(|load| self.totals.merge(&load.totals));
        self.in_flight = loads().map(|load| load.in_flight).sum();
        self.queued = loads().map(|load| load.queued).sum();
        let number = loads().filter(|load| !load.over).map(|load| load.second.number).min();
        if number.is_some_and(|number| number > self.second.number) {
            self.update_second(loads());
        }
    }

    fn update_second<'a>(&mut self, loads: impl Iterator<Item = &'a LoadSnapshot>) {
        let before = self.second.number;
        let mut sum = LastSecond::default();
        for load in loads.filter(|load| !load.over) {
            sum.number = load.second.number;
            sum.ok += load.second.ok;
            sum.failed += load.second.failed;
            sum.lag = sum.lag.max(load.second.lag);
            sum.latency =
                SparseHistogram::of(&SparseHistogram::merge([&sum.latency, &load.second.latency]));
        }
        // Seconds that nobody looked at are counted in the one after them, which is when they were
        // published.
        (before + 1..sum.number).for_each(|_| self.columns.add(None));
        self.columns.add(Some(&sum));
        for (micros, count) in sum.latency.iter() {
            self.latency.saturating_record_n(micros, count);
        }
        self.lag = self.lag.max(sum.lag);
        self.second = sum;
    }

    /// How much of it is done, from 0 to 1; `None` before anything is known.
    pub(super) fn progress(&self) -> Option<f64> {
        let of_time = self.config.lasts.map(|lasts| self.at / lasts.as_secs_f64().max(1e-9));
        let of_requests =
            self.config.requests.map(|all| self.totals.requests() as f64 / all.max(1) as f64);
        let furthest = of_time.into_iter().chain(of_requests).reduce(f64::max)?;
        Some(furthest.clamp(0.0, 1.0))
    }

    /// Seconds that are left, if that can be said.
    pub(super) fn left(&self) -> Option<f64> {
        let of_time = self.config.lasts.map(|lasts| (lasts.as_secs_f64() - self.at).max(0.0));
        let done = self.totals.requests() as f64;
        // A first second with few requests says little of how long the others take.
        let of_requests = self.config.requests.filter(|_| done > 0.0 && self.at >= 1.0);
        let of_requests = of_requests.map(|all| ((all as f64 - done) * self.at / done).max(0.0));
        of_time.into_iter().chain(of_requests).reduce(f64::min)
    }
}

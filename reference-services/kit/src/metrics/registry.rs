//! The figures themselves.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::series::{Counter, Gauge, Request, Summary};
use crate::config::Guard;

/// The upper bounds of the buckets of request times, in seconds.
// From one millisecond, which a read takes, to the deadline of a call with room to spare.
pub(super) const BUCKETS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// How long requests took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Timer {
    pub(super) count: u64,
    pub(super) seconds: f64,
    /// Cumulative, as Prometheus wants them: every bound that holds the value counts.
    pub(super) buckets: [u64; BUCKETS.len()],
}

/// How many calls there were, and how long all of them took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Total {
    pub(super) count: u64,
    pub(super) seconds: f64,
}

/// How many series each kind of figure may have. Labels come from outside in part, such as the
/// types of events; what would make another series is counted instead.
const MOST_SERIES: usize = 2_000;

/// All figures of a service.
#[derive(Debug)]
pub(super) struct Registry {
    pub(super) service: &'static str,
    pub(super) guards: Vec<(&'static str, Guard)>,
    pub(super) started: Instant,
    pub(super) counters: BTreeMap<(Counter, String), u64>,
    pub(super) gauges: BTreeMap<(Gauge, String), f64>,
    pub(super) summaries: BTreeMap<(Summary, String), Total>,
    pub(super) requests: BTreeMap<Request, Timer>,
    /// What was not counted, as there were too many series.
    pub(super) left_out: u64,
}

impl Registry {
    pub(super) fn new(service: &'static str) -> Self {
        Self {
            service,
            guards: Vec::new(),
            started: Instant::now(),
            counters: BTreeMap::new(),
            gauges: BTreeMap::new(),
            summaries: BTreeMap::new(),
            requests: BTreeMap::new(),
            left_out: 0,
        }
    }

    pub(super) fn add(&mut self, counter: Counter, labels: String) {
        if let Some(count) = series(&mut self.counters, (counter, labels), &mut self.left_out) {
            *count += 1;
        }
    }

    pub(super) fn set(&mut self, gauge: Gauge, labels: String, value: f64) {
        if let Some(known) = series(&mut self.gauges, (gauge, labels), &mut self.left_out) {
            *known = value;
        }
    }

    pub(super) fn observe(&mut self, summary: Summary, labels: String, took: Duration) {
        if let Some(total) = series(&mut self.summaries, (summary, labels), &mut self.left_out) {
            total.record(took);
        }
    }

    pub(super) fn record(&mut self, request: Request, took: Duration) {
        if let Some(timer) = series(&mut self.requests, request, &mut self.left_out) {
            timer.record(took);
        }
    }
}

/// The series with this key, which is made if there is room for one more.
fn series<'m, K: Ord, V: Default>(
    all: &'m mut BTreeMap<K, V>,
    key: K,
    left_out: &mut u64,
) -> Option<&'m mut V> {
    if all.len() >= MOST_SERIES && !all.contains_key(&key) {
        *left_out += 1;
        return None;
    }
    Some(all.entry(key).or_default())
}

impl Timer {
    fn record(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        self.count += 1;
        self.seconds += seconds;
        for (count, bound) in self.buckets.iter_mut().zip(BUCKETS) {
            *count += u64::from(seconds <= bound);
        }
    }
}

impl Total {
    fn record(&mut self, took: Duration) {
        self.count += 1;
        self.seconds += took.as_secs_f64();
    }
}

//! Draws windows again and again, to see how much of a difference is chance.

use std::collections::BTreeSet;

use brunt_scenarios::timeline::Window;

use super::Part;
use super::metric::Metric;
use crate::Report;

/// How often windows are drawn.
const TIMES: usize = 2_000;

/// With fewer windows on a side, drawing them again says nothing.
const WINDOWS: usize = 8;

/// The same runs give the same bounds.
const SEED: u64 = 1;

/// From so many runs on, runs themselves are drawn: with fewer, that would say nothing.
const RUNS: usize = 3;

/// The windows of one side.
pub(super) struct Side {
    /// Latencies that occur, in microseconds, in order.
    values: Vec<u64>,
    /// Each run's windows.
    runs: Vec<Vec<Row>>,
}

/// A window, with latencies by their place in `values`.
struct Row {
    good: u64,
    all: u64,
    latencies: Vec<(usize, u64)>,
}

/// What some windows add up to.
pub(super) struct Sum<'s> {
    pub good: u64,
    pub all: u64,
    values: &'s [u64],
    counts: Vec<u64>,
}

impl Side {
    pub fn of(reports: &[Report], load: &str, part: Part) -> Self {
        let runs: Vec<Vec<&Window>> =
            reports.iter().map(|report| part.windows(report, load)).collect();
        Self::of_runs(&runs)
    }

    /// Each run's windows.
    pub fn of_runs(runs: &[Vec<&Window>]) -> Self {
        let occurring =
            runs.iter().flatten().flat_map(|window| window.latency.iter()).map(|(value, _)| value);
        let values: Vec<u64> = occurring.collect::<BTreeSet<_>>().into_iter().collect();
        let place = |value: u64| values.binary_search(&value).unwrap_or_default();
        let row = |window: &&Window| Row {
            good: window.ok,
            all: window.ok + window.failures(),
            latencies: window.latency.iter().map(|(value, count)| (place(value), count)).collect(),
        };
        let runs = runs.iter().map(|run| run.iter().map(row).collect()).collect();
        Self { values, runs }
    }

    /// All windows together.
    pub fn sum(&self) -> Sum<'_> {
        let mut sum = self.nothing();
        self.runs.iter().flatten().for_each(|row| sum.add(row));
        sum
    }

    /// Whether there are enough windows to say anything.
    pub fn is_enough(&self) -> bool {
        self.runs.iter().map(Vec::len).sum::<usize>() >= WINDOWS
    }

    fn nothing(&self) -> Sum<'_> {
        Sum { good: 0, all: 0, values: &self.values, counts: vec![0; self.values.len()] }
    }

    fn draw(&self, chance: &mut fastrand::Rng) -> Sum<'_> {
        let mut sum = self.nothing();
        for place in 0..self.runs.len() {
            let place =
                if self.runs.len() < RUNS { place } else { chance.usize(..self.runs.len()) };
            let run = &self.runs[place];
            let length = block(run.len());
            for drawn in (0..run.len()).step_by(length) {
                let first = chance.usize(..run.len());
                let block =
                    (first..first + length.min(run.len() - drawn)).map(|at| &run[at % run.len()]);
                block.for_each(|row| sum.add(row));
            }
        }
        sum
    }
}

/// Neighbours are drawn together, the cube root of all at a time: what disturbs one second often
/// disturbs the next.
fn block(windows: usize) -> usize {
    (windows as f64).cbrt().round().max(1.0) as usize
}

impl Sum<'_> {
    fn add(&mut self, row: &Row) {
        self.good += row.good;
        self.all += row.all;
        for (place, count) in &row.latencies {
            self.counts[*place] += count;
        }
    }

    /// Latency at a quantile (0 to 1), in seconds.
    pub fn latency(&self, quantile: f64) -> Option<f64> {
        let all: u64 = self.counts.iter().sum();
        let rank = crate::samples::rank(quantile, all);
        let mut up_to = 0;
        let place = self.counts.iter().position(|count| {
            up_to += count;
            *count > 0 && up_to >= rank
        });
        place.map(|place| self.values[place] as f64 / 1e6)
    }
}

/// How much worse the new side is in each draw, by metric; in order.
pub(super) fn differences(base: &Side, new: &Side) -> Vec<(Metric, Vec<f64>)> {
    let mut chance = fastrand::Rng::with_seed(SEED);
    let mut all = Metric::ALL.map(|metric| (metric, Vec::with_capacity(TIMES)));
    for _ in 0..TIMES {
        let (before, now) = (base.draw(&mut chance), new.draw(&mut chance));
        for (metric, drawn) in &mut all {
            drawn.extend(metric.difference(metric.of(&before), metric.of(&now)));
        }
    }
    all.iter_mut().for_each(|(_, drawn)| drawn.sort_unstable_by(f64::total_cmp));
    all.into()
}

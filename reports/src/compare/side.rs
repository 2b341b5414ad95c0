//! The windows of one side of a comparison, and sums over some of them.

use std::collections::BTreeSet;

use brunt_scenarios::timeline::Window;

use super::part::RunPart;
use crate::Report;

// The fewest windows on a side: resampling fewer says nothing.
const FEWEST_WINDOWS: usize = 8;

// The fewest runs from which runs themselves are resampled too.
const FEWEST_RUNS: usize = 3;

/// The windows of one side.
pub(super) struct Side {
    /// Latencies that occur, in microseconds, in order.
    values: Vec<u64>,
    /// Each run's windows.
    runs: Vec<Vec<WindowSample>>,
}

/// A window, with latencies by their index in `values`.
struct WindowSample {
    good: u64,
    all: u64,
    latencies: Vec<(usize, u64)>,
}

/// The sum of some windows.
pub(super) struct WindowSum<'s> {
    pub good: u64,
    pub all: u64,
    values: &'s [u64],
    counts: Vec<u64>,
}

impl Side {
    pub fn of(reports: &[Report], load: &str, part: RunPart) -> Self {
        let runs: Vec<Vec<&Window>> =
            reports.iter().map(|report| part.windows(report, load)).collect();
        Self::of_runs(&runs)
    }

    /// Each run's windows.
    pub fn of_runs(runs: &[Vec<&Window>]) -> Self {
        let occurring =
            runs.iter().flatten().flat_map(|window| window.latency.iter()).map(|(value, _)| value);
        let values: Vec<u64> = occurring.collect::<BTreeSet<_>>().into_iter().collect();
        // Latencies become indexes once, as each of the samples adds them up again.
        let place = |value: u64| values.binary_search(&value).unwrap_or_default();
        let row = |window: &&Window| WindowSample {
            good: window.ok,
            all: window.ok + window.failures(),
            latencies: window.latency.iter().map(|(value, count)| (place(value), count)).collect(),
        };
        let runs = runs.iter().map(|run| run.iter().map(row).collect()).collect();
        Self { values, runs }
    }

    pub fn sum(&self) -> WindowSum<'_> {
        let mut sum = self.nothing();
        self.runs.iter().flatten().for_each(|row| sum.add(row));
        sum
    }

    pub fn is_enough(&self) -> bool {
        self.runs.iter().map(Vec::len).sum::<usize>() >= FEWEST_WINDOWS
    }

    fn nothing(&self) -> WindowSum<'_> {
        WindowSum { good: 0, all: 0, values: &self.values, counts: vec![0; self.values.len()] }
    }

    /// A moving-block bootstrap sample of the windows.
    pub fn draw(&self, chance: &mut fastrand::Rng) -> WindowSum<'_> {
        let mut sum = self.nothing();
        for place in 0..self.runs.len() {
            let place =
                if self.runs.len() < FEWEST_RUNS { place } else { chance.usize(..self.runs.len()) };
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

// Length of a block. Neighbouring windows are drawn together, the cube root of all at a time, as
// what disturbs one second often disturbs the next.
fn block(windows: usize) -> usize {
    (windows as f64).cbrt().round().max(1.0) as usize
}

impl WindowSum<'_> {
    fn add(&mut self, row: &WindowSample) {
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

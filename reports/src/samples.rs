//! Durations of many windows as one ordered sample.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::SparseHistogram;

/// Durations in microseconds, sorted, with how often each occurred.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Samples {
    /// Duration → how many there are up to it, itself included.
    up_to: Vec<(u64, u64)>,
}

impl Samples {
    /// The samples of all these histograms together.
    pub fn of<'a>(counts: impl IntoIterator<Item = &'a SparseHistogram>) -> Self {
        // Windows have few distinct values each, so the sum stays small however long the run is.
        let mut sum = BTreeMap::<u64, u64>::new();
        for (value, count) in counts.into_iter().flat_map(SparseHistogram::iter) {
            *sum.entry(value).or_default() += count;
        }
        let mut total = 0;
        let up_to = sum.into_iter().filter(|(_, count)| *count > 0).map(|(value, count)| {
            total += count;
            (value, total)
        });
        Self { up_to: up_to.collect() }
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.up_to.last().map_or(0, |(_, total)| *total)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.up_to.is_empty()
    }

    /// How many are at most this long, in microseconds.
    pub fn within(&self, limit: u64) -> u64 {
        let below = self.up_to.partition_point(|(value, _)| *value <= limit);
        below.checked_sub(1).map_or(0, |last| self.up_to[last].1)
    }

    /// The one at a rank, counted from 1, in microseconds; `None` beyond the last.
    pub fn at(&self, rank: u64) -> Option<u64> {
        let place = self.up_to.partition_point(|(_, total)| *total < rank);
        self.up_to.get(place).map(|(value, _)| *value)
    }

    /// The one at a quantile (0 to 1), in microseconds; `None` when there is none.
    pub fn quantile(&self, quantile: f64) -> Option<u64> {
        self.at(rank(quantile, self.len()))
    }
}

/// The rank, counted from 1, of a quantile (0 to 1) among `of` samples.
pub fn rank(quantile: f64, of: u64) -> u64 {
    // Half a millionth less, so that 0.99 of 100 is 99 although the product of the two numbers is a
    // little more.
    ((quantile * of as f64 - 5e-7).ceil() as u64).clamp(1, of.max(1))
}

//! Histograms in little space: only the values that occurred.

use hdrhistogram::Histogram;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Durations in microseconds and how often each occurred, at three significant digits. A few hundred bytes where a full
/// histogram takes a hundred thousand, so a run can keep one for each second.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Counts(pub Vec<(u64, u64)>);

/// The longest duration that is told from longer ones: an hour, in microseconds.
pub const LONGEST: u64 = 3_600_000_000;

/// An empty histogram for durations in microseconds.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST, 3).expect("bounds and digits are fixed, and valid")
}

impl Counts {
    /// Keeps what a histogram has counted.
    pub fn of(histogram: &Histogram<u64>) -> Self {
        Self(
            histogram.iter_recorded().map(|step| (step.value_iterated_to(), step.count_at_value())).collect(),
        )
    }

    /// Adds all up in one histogram.
    pub fn merge<'a>(all: impl IntoIterator<Item = &'a Self>) -> Histogram<u64> {
        let mut sum = histogram();
        for (value, count) in all.into_iter().flat_map(|counts| &counts.0) {
            sum.saturating_record_n(*value, *count);
        }
        sum
    }

    /// How many were counted.
    pub fn len(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// Whether none was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value at a quantile (0 to 1), in microseconds; `None` when nothing was counted.
    pub fn quantile(&self, quantile: f64) -> Option<u64> {
        (!self.is_empty()).then(|| Self::merge([self]).value_at_quantile(quantile))
    }
}

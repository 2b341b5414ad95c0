//! Histograms in little space: only the values that occurred.

use hdrhistogram::Histogram;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Durations in microseconds and how often each occurred, in order, at three significant digits. A
/// few hundred bytes where a full histogram takes a hundred thousand, so a run can keep one for
/// each second. What occurred more often than one number can tell stands there several times.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "WrittenCounts", into = "Vec<(u64, u64)>")]
pub struct SparseHistogram(Vec<(u32, u32)>);

/// The longest duration that is told from longer ones: an hour, in microseconds.
pub const LONGEST: u64 = 3_600_000_000;

/// An empty histogram for durations in microseconds.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST, 3).expect("bounds and digits are fixed, and valid")
}

impl SparseHistogram {
    /// Keeps what a histogram has counted.
    pub fn of(histogram: &Histogram<u64>) -> Self {
        let mut counts = Self::default();
        counts.take(histogram);
        counts
    }

    /// Keeps what a histogram has counted in place of what was there, in the same space.
    pub fn take(&mut self, histogram: &Histogram<u64>) {
        self.0.clear();
        let recorded = histogram.iter_recorded();
        recorded.for_each(|step| self.push(step.value_iterated_to(), step.count_at_value()));
    }

    fn push(&mut self, micros: u64, mut count: u64) {
        while let Some(more) = count.checked_sub(u32::MAX.into()).filter(|more| *more > 0) {
            self.0.push((narrow(micros), u32::MAX));
            count = more;
        }
        self.0.push((narrow(micros), narrow(count)));
    }

    /// Adds to one duration. Those of one histogram's buckets only, so that there are few.
    pub fn add(&mut self, micros: u64, count: u32) {
        let value = narrow(micros);
        match self.0.binary_search_by_key(&value, |(value, _)| *value) {
            Ok(place) => match self.0[place].1.checked_add(count) {
                Some(sum) => self.0[place].1 = sum,
                None => self.0.insert(place, (value, count)),
            },
            Err(place) => self.0.insert(place, (value, count)),
        }
    }

    /// Adds all of another's.
    pub fn add_all(&mut self, others: Self) {
        if self.is_empty() {
            *self = others;
            return;
        }
        others.0.into_iter().for_each(|(value, count)| self.add(value.into(), count));
    }

    /// Gives back the space for more.
    pub fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }

    /// Each duration with its count, from the shortest on.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, u64)> {
        self.0.iter().map(|(value, count)| (u64::from(*value), u64::from(*count)))
    }

    /// The longest duration.
    pub fn longest(&self) -> Option<u64> {
        self.iter().next_back().map(|(value, _)| value)
    }

    /// Adds all up in one histogram.
    pub fn merge<'a>(all: impl IntoIterator<Item = &'a Self>) -> Histogram<u64> {
        let mut sum = histogram();
        for (value, count) in all.into_iter().flat_map(Self::iter) {
            sum.saturating_record_n(value, count);
        }
        sum
    }

    /// How many were counted.
    pub fn len(&self) -> u64 {
        self.iter().map(|(_, count)| count).sum()
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

impl From<Vec<(u64, u64)>> for SparseHistogram {
    fn from(pairs: Vec<(u64, u64)>) -> Self {
        let mut counts = Self::default();
        pairs.into_iter().for_each(|(micros, count)| counts.push(micros, count));
        counts
    }
}

// Durations with their counts, as they are written.
#[derive(Deserialize, JsonSchema)]
#[schemars(inline)]
struct WrittenCounts(Vec<(u64, u64)>);

/// How often one duration occurs at most in what is read: as a count takes several places when it
/// is larger than 2³², a short text could otherwise take all memory.
const MOST: u64 = 1 << 36;

/// A count that is read and is larger than any run's.
#[derive(Debug, thiserror::Error)]
#[error("a duration that occurred {0} times is more than a histogram holds ({MOST})")]
struct TooMany(u64);

impl TryFrom<WrittenCounts> for SparseHistogram {
    type Error = TooMany;

    fn try_from(written: WrittenCounts) -> Result<Self, TooMany> {
        match written.0.iter().find(|(_, count)| *count > MOST) {
            Some((_, count)) => Err(TooMany(*count)),
            None => Ok(written.0.into()),
        }
    }
}

impl From<SparseHistogram> for Vec<(u64, u64)> {
    fn from(counts: SparseHistogram) -> Self {
        counts.iter().collect()
    }
}

/// Nothing here is longer than [`LONGEST`] as a histogram tells it, which fits.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_occurs_more_often_than_one_number_tells_is_kept() {
        let often = 10_000_000_000;
        let mut counted = histogram();
        counted.record_n(7, often).unwrap();
        counted.record_n(LONGEST, 2).unwrap();
        let mut counts = SparseHistogram::of(&counted);
        assert_eq!(
            (counts.len(), counts.longest()),
            (often + 2, Some(counted.highest_equivalent(LONGEST)))
        );
        counts.add(7, u32::MAX);
        assert_eq!(counts.len(), often + 2 + u64::from(u32::MAX));
        assert!(counts.iter().is_sorted_by_key(|(value, _)| value));
        assert_eq!(SparseHistogram::merge([&counts]).count_at(7), often + u64::from(u32::MAX));
        let pairs: Vec<(u64, u64)> = counts.clone().into();
        assert_eq!(SparseHistogram::from(pairs), counts);
    }
}

//! Counts by value, added to one at a time.

use brunt_scenarios::timeline::Counts;
use hdrhistogram::Histogram;

/// Adds to one value. Values of one histogram's buckets only, so that there are few.
pub(super) fn add(counts: &mut Counts, value: u64, count: u64) {
    match counts.0.binary_search_by_key(&value, |(value, _)| *value) {
        Ok(place) => counts.0[place].1 += count,
        Err(place) => counts.0.insert(place, (value, count)),
    }
}

/// Adds all of the one to the other.
pub(crate) fn add_all(counts: &mut Counts, others: Counts) {
    if counts.is_empty() {
        *counts = others;
        return;
    }
    for (value, count) in others.0 {
        add(counts, value, count);
    }
}

/// As [`Counts::of`], in the space that the counts already have.
pub(super) fn refill(counts: &mut Counts, histogram: &Histogram<u64>) {
    counts.0.clear();
    let recorded = histogram.iter_recorded();
    counts.0.extend(recorded.map(|step| (step.value_iterated_to(), step.count_at_value())));
}

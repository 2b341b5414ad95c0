//! Latencies as several formats need them.

use brunt_loadgen::LoadOutcome;
use brunt_scenarios::timeline::SparseHistogram;

/// The latencies of all windows of a load.
pub(super) fn latency(outcome: &LoadOutcome) -> SparseHistogram {
    SparseHistogram::of(&SparseHistogram::merge(
        outcome.record.windows.iter().map(|window| &window.latency),
    ))
}

/// The sum of all latencies, in seconds.
pub(super) fn sum(latency: &SparseHistogram) -> f64 {
    let all = SparseHistogram::merge([latency]);
    // The histogram has the highest value of each bucket; the middle is right on average.
    let micros = |sum, (value, count)| sum + all.median_equivalent(value) as f64 * count as f64;
    latency.iter().fold(0.0, micros) / 1e6
}

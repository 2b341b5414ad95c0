//! Latencies as several formats need them.

use brunt_loadgen::LoadOutcome;
use brunt_scenarios::timeline::SparseHistogram;

/// The latencies of all windows of a load.
pub(super) fn latency(outcome: &LoadOutcome) -> SparseHistogram {
    SparseHistogram::of(&SparseHistogram::merge(
        outcome.record.windows.iter().map(|window| &window.latency),
    ))
}

/// The sum of all latencies, in seconds. SparseHistogram hold the highest value of each bucket; its middle
/// is right on average.
pub(super) fn sum(latency: &SparseHistogram) -> f64 {
    let all = SparseHistogram::merge([latency]);
    let micros = |sum, (value, count)| sum + all.median_equivalent(value) as f64 * count as f64;
    latency.iter().fold(0.0, micros) / 1e6
}

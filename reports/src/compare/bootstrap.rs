//! Resamples windows, to see how much of a difference is chance.

use super::metric::Metric;
use super::side::Side;

/// Number of samples.
const SAMPLES: usize = 2_000;

// Fixed, so that the same runs give the same bounds.
const SEED: u64 = 1;

/// How much worse the new side is in each sample, by metric, sorted.
pub(super) fn differences(base: &Side, new: &Side) -> Vec<(Metric, Vec<f64>)> {
    let mut chance = fastrand::Rng::with_seed(SEED);
    let mut all = Metric::ALL.map(|metric| (metric, Vec::with_capacity(SAMPLES)));
    for _ in 0..SAMPLES {
        let (before, now) = (base.draw(&mut chance), new.draw(&mut chance));
        for (metric, drawn) in &mut all {
            drawn.extend(metric.difference(metric.of(&before), metric.of(&now)));
        }
    }
    all.iter_mut().for_each(|(_, drawn)| drawn.sort_unstable_by(f64::total_cmp));
    all.into()
}

//! What a fault draws for each request, reply or piece of bytes.

use std::time::Duration;

use brunt_scenarios::plan::{Delay, JitterDistribution};

pub(super) fn happens(share: f64) -> bool {
    fastrand::f64() < share
}

pub(super) fn uniform(from: Duration, to: Duration) -> Duration {
    from + to.saturating_sub(from).mul_f64(fastrand::f64())
}

pub(super) fn delay(delay: Delay) -> Duration {
    match delay {
        Delay::Between(spread) => uniform(spread.from.0, spread.to.0),
        Delay::Around { mean, jitter, distribution } => {
            let deviation = match distribution {
                JitterDistribution::Uniform => 2.0 * fastrand::f64() - 1.0,
                JitterDistribution::Normal => standard_normal(),
                JitterDistribution::Pareto => standard_pareto(),
            };
            let seconds = mean.as_secs_f64() + deviation * jitter.as_secs_f64();
            Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
        }
    }
}

/// With mean 0 and standard deviation 1 (Box and Muller).
fn standard_normal() -> f64 {
    // 1 - u, as the logarithm of 0 has no value.
    let radius = (-2.0 * (1.0 - fastrand::f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * fastrand::f64()).cos()
}

/// A Pareto distribution of shape 3, moved and scaled to mean 0 and standard deviation 1. The
/// longest of all delays is bounded.
fn standard_pareto() -> f64 {
    const SHAPE: f64 = 3.0;
    const MEAN: f64 = SHAPE / (SHAPE - 1.0);
    const MOST: f64 = 20.0;
    let variance = SHAPE / ((SHAPE - 1.0) * (SHAPE - 1.0) * (SHAPE - 2.0));
    let drawn = (1.0 - fastrand::f64()).powf(-1.0 / SHAPE);
    ((drawn - MEAN) / variance.sqrt()).min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(distribution: JitterDistribution) -> Vec<f64> {
        let (mean, jitter) = (Duration::from_millis(100), Duration::from_millis(10));
        let one = Delay::Around { mean, jitter, distribution };
        (0..20_000).map(|_| delay(one).as_secs_f64() * 1000.0).collect()
    }

    fn within(all: &[f64], from: f64, to: f64) -> f64 {
        all.iter().filter(|one| (from..=to).contains(one)).count() as f64 / all.len() as f64
    }

    #[test]
    fn delays_lie_around_their_mean_as_the_distribution_says() {
        let uniform = drawn(JitterDistribution::Uniform);
        assert_eq!(within(&uniform, 90.0, 110.0), 1.0);
        assert!((0.45..0.55).contains(&within(&uniform, 95.0, 105.0)));
        let normal = drawn(JitterDistribution::Normal);
        assert!((0.66..0.71).contains(&within(&normal, 90.0, 110.0)));
        assert!((0.94..0.97).contains(&within(&normal, 80.0, 120.0)));
        let pareto = drawn(JitterDistribution::Pareto);
        // The smallest is 1 of a distribution with mean 1.5 and deviation 0.866.
        assert_eq!(within(&pareto, 94.2, 300.1), 1.0);
        assert!((0.65..0.75).contains(&within(&pareto, 94.2, 100.0)), "most are below the mean");
        assert!((0.005..0.03).contains(&within(&pareto, 130.0, 300.1)), "a few are far above it");
        for all in [uniform, normal, pareto] {
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            assert!((99.0..101.0).contains(&mean), "{mean}");
        }
    }

    #[test]
    fn nothing_is_delayed_by_less_than_nothing() {
        let (mean, jitter) = (Duration::from_millis(1), Duration::from_millis(50));
        let one = Delay::Around { mean, jitter, distribution: JitterDistribution::Normal };
        assert!((0..1000).any(|_| delay(one).is_zero()));
    }
}

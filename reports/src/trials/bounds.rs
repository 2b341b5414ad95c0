//! Bounds of shares over several runs.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::confidence::{self, CONFIDENCE};
use crate::judge::RunCounts;

/// The share behind runs, at least and at most, each at 95 % confidence; `None` with fewer than
/// two runs that have anything in them.
///
/// The ratio of sums with its linearised variance over runs and Student's t (Cochran, Sampling
/// Techniques, 1977, chapter 6), and never narrower than the exact binomial bounds of all requests:
/// without a bad one, runs show no spread, and that proves nothing.
pub fn share_bounds(runs: &[RunCounts]) -> Option<(f64, f64)> {
    let there: Vec<RunCounts> = runs.iter().copied().filter(|run| run.all > 0).collect();
    if there.len() < 2 {
        return None;
    }
    let all: u64 = there.iter().map(|run| run.all).sum();
    let good: u64 = there.iter().map(|run| run.good).sum();
    let not_bad: u64 = there.iter().map(|run| run.good + run.open).sum();
    let least = ratio(&there, |run| run.good).0.min(confidence::at_least(good, all));
    let most = ratio(&there, |run| run.good + run.open).1.max(confidence::at_most(not_bad, all));
    Some((least.max(0.0), most.min(1.0)))
}

/// The bounds of a ratio of sums.
fn ratio(runs: &[RunCounts], good: impl Fn(&RunCounts) -> u64) -> (f64, f64) {
    let number = runs.len() as f64;
    let all: f64 = runs.iter().map(|run| run.all as f64).sum();
    let share = runs.iter().map(|run| good(run) as f64).sum::<f64>() / all;
    let residuals = runs.iter().map(|run| good(run) as f64 - share * run.all as f64);
    let spread: f64 = residuals.map(|residual| residual * residual).sum();
    let error = (spread * number / (number - 1.0)).sqrt() / all;
    let width = students_t(number - 1.0) * error;
    (share - width, share + width)
}

/// The one-sided 95 % point of Student's t.
fn students_t(freedom: f64) -> f64 {
    // One degree of freedom or more is always valid.
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::INFINITY, |t| t.inverse_cdf(CONFIDENCE))
}

#[cfg(test)]
mod tests {
    use super::students_t;

    /// Table of Student (Biometrika Tables for Statisticians, table 12).
    #[test]
    fn the_points_of_t_are_the_published_ones() {
        for (freedom, wanted) in
            [(1.0, 6.314), (2.0, 2.920), (4.0, 2.132), (9.0, 1.833), (29.0, 1.699)]
        {
            let point = students_t(freedom);
            assert!((point - wanted).abs() < 5e-4, "{point} is not {wanted} at {freedom}");
        }
    }
}

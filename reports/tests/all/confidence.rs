//! Bounds against published and independently computed values.

use brunt_reports::confidence::{at_least, at_most, needed, ranks, rules_out, supports};
use proptest::prelude::*;

fn near(value: f64, wanted: f64) {
    assert!((value - wanted).abs() <= 1e-9, "{value} is not {wanted}");
}

/// R's `qbeta(0.05, k, n - k + 1)`, the same in SciPy.
#[test]
fn lower_bounds_are_those_of_other_libraries() {
    near(at_least(1, 3), 0.016952427508441);
    near(at_least(500, 1_000), 0.473517731235691);
    near(at_least(5_000, 10_000), 0.491726504403739);
    near(at_least(6_000, 6_100), 0.980671513461146);
    near(at_least(29_950, 29_956), 0.999604712216256);
    near(at_least(500_000, 1_000_000), 0.499177073949477);
    near(at_least(99_990_000, 100_000_000), 0.999898339483050);
    near(at_least(50_000_000, 100_000_000), 0.499917752319414);
}

#[test]
fn upper_bounds_mirror_lower_ones() {
    for (good, of) in [(0, 10), (3, 10), (10, 10), (999, 1_000), (400_000, 1_000_000)] {
        near(at_most(good, of), 1.0 - at_least(of - good, of));
    }
}

#[test]
fn clean_requests_needed_are_the_known_ones() {
    assert_eq!(needed(0.99, 0), Some(299));
    assert_eq!(needed(0.999, 0), Some(2_995));
    assert_eq!(needed(0.9999, 0), Some(29_956));
    assert_eq!(needed(0.999, 1), Some(4_742));
    assert_eq!(needed(0.5, 0), Some(5));
    assert_eq!(needed(0.0, 0), Some(1));
    assert_eq!(needed(1.0, 0), None);
}

/// David and Nagaraja's example of the median of ten: ranks 2 and 9 at 97.9 %, and no narrower pair
/// at 95 %.
#[test]
fn intervals_of_quantiles_are_the_known_ranks() {
    assert_eq!(ranks(0.5, 10), (Some(2), Some(9)));
    assert_eq!(ranks(0.5, 5), (None, None));
    assert_eq!(ranks(0.5, 6), (Some(1), Some(6)));
    assert_eq!(ranks(0.99, 100), (Some(97), None));
    assert_eq!(ranks(0.99, 0), (None, None));
}

proptest! {
    #[test]
    fn the_measured_share_lies_between_the_bounds(of in 1..2_000_000_u64, part in 0.0..=1.0_f64) {
        let good = (of as f64 * part) as u64;
        let share = good as f64 / of as f64;
        prop_assert!(at_least(good, of) <= share && share <= at_most(good, of));
    }

    #[test]
    fn more_good_requests_never_lower_the_bounds(of in 2..300_000_u64, part in 0.0..1.0_f64) {
        let good = ((of - 1) as f64 * part) as u64;
        prop_assert!(at_least(good, of) <= at_least(good + 1, of));
        prop_assert!(at_most(good, of) <= at_most(good + 1, of));
    }

    #[test]
    fn bounds_and_decisions_agree(of in 1..50_000_u64, part in 0.0..=1.0_f64, share in 0.01..0.9999_f64) {
        let good = (of as f64 * part) as u64;
        prop_assume!((at_least(good, of) - share).abs() > 1e-9 && (at_most(good, of) - share).abs() > 1e-9);
        prop_assert_eq!(supports(good, of, share), at_least(good, of) >= share);
        prop_assert_eq!(rules_out(good, of, share), at_most(good, of) < share);
        prop_assert!(!(supports(good, of, share) && rules_out(good, of, share)));
    }

    #[test]
    fn the_number_of_requests_needed_is_the_smallest_that_is_enough(bad in 0..30_u64, share in 0.3..0.9995_f64) {
        let of = needed(share, bad).expect("a share below everything can be shown");
        prop_assert!(supports(of - bad, of, share));
        prop_assert!(!supports(of - 1 - bad, of - 1, share));
    }

    #[test]
    fn a_quantile_lies_within_its_ranks(quantile in 0.01..0.999_f64, of in 1..1_000_000_u64) {
        let rank = (quantile * of as f64).ceil() as u64;
        let (lower, upper) = ranks(quantile, of);
        prop_assert!(lower.is_none_or(|lower| 1 <= lower && lower <= rank));
        prop_assert!(upper.is_none_or(|upper| rank <= upper && upper <= of));
    }
}

/// The lower bound is beyond the true share in at most 5 % of all samples, whatever the share:
/// summed exactly over all outcomes.
#[test]
fn bounds_hold_as_often_as_they_claim() {
    for of in [5_u64, 20, 73] {
        for share in [0.1, 0.5, 0.9, 0.99] {
            let mut wrong = 0.0;
            let mut probability = (1.0_f64 - share).powi(of as i32);
            for good in 0..=of {
                wrong += if at_least(good, of) > share { probability } else { 0.0 };
                probability *= (of - good) as f64 / (good + 1) as f64 * share / (1.0 - share);
            }
            assert!(wrong <= 0.05 + 1e-9, "{wrong} of {of} at {share}");
        }
    }
}

/// The probability of at least `good` of `of` at a share, added up term by term: no beta
/// function in it.
fn at_least_so_many(good: u64, of: u64, share: f64) -> f64 {
    let log_factorial = |n: u64| (1..=n).map(|k| (k as f64).ln()).sum::<f64>();
    let whole = log_factorial(of);
    let term = |k: u64| {
        let choose = whole - log_factorial(k) - log_factorial(of - k);
        (choose + k as f64 * share.ln() + (of - k) as f64 * (-share).ln_1p()).exp()
    };
    (good..=of).map(term).sum()
}

proptest! {
    /// At the lower bound, as many good ones as there were come about in exactly one
    /// sample of twenty.
    #[test]
    fn the_lower_bound_is_where_the_sample_gets_unlikely(of in 1..400_u64, part in 0.0..=1.0_f64) {
        let good = ((of as f64 * part) as u64).max(1);
        let chance = at_least_so_many(good, of, at_least(good, of));
        prop_assert!((chance - 0.05).abs() < 1e-8, "{chance}");
    }
}

/// Of two thousand samples, the interval of a quantile holds the true one in at least as many
/// as it claims.
#[test]
fn intervals_of_quantiles_hold_as_often_as_they_claim() {
    let mut chance = fastrand::Rng::with_seed(11);
    for (of, quantile) in [(60_usize, 0.5), (400, 0.9), (700, 0.99)] {
        let (lower, upper) = ranks(quantile, of as u64);
        let (times, mut held) = (2_000, 0);
        for _ in 0..times {
            // Of evenly drawn numbers from 0 to 1, the quantile is its own share.
            let mut sample: Vec<f64> = (0..of).map(|_| chance.f64()).collect();
            sample.sort_unstable_by(f64::total_cmp);
            let above = lower.is_none_or(|rank| sample[rank as usize - 1] <= quantile);
            let below = upper.is_none_or(|rank| sample[rank as usize - 1] >= quantile);
            held += i32::from(above && below);
        }
        // Half a point is what chance moves two thousand samples by.
        assert!(f64::from(held) / f64::from(times) >= 0.945, "{held} of {times} at {quantile}");
    }
}

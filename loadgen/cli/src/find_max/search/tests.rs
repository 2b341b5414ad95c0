//! The search on servers whose limit is known.

use proptest::prelude::*;

use super::*;

/// Searches, with what comes of each rate; the result and how many steps it took.
fn searched(first: f64, mut server: impl FnMut(f64) -> RateStepResult) -> (HighestRate, usize) {
    let mut search = RateSearch::new(first);
    for steps in 0..1_000 {
        match search.next() {
            NextStep::Try(rate) => search.record(rate, server(rate)),
            NextStep::Done(found) => return (found, steps),
        }
    }
    panic!("the search does not end")
}

fn holds_up_to(limit: f64) -> impl FnMut(f64) -> RateStepResult {
    move |rate| if rate <= limit { RateStepResult::Held } else { RateStepResult::Broke }
}

/// The 99th percentile of an M/M/c queue's times, from so many arrivals, in seconds.
fn queue_p99(
    random: &mut fastrand::Rng,
    rate: f64,
    service: f64,
    servers: usize,
    arrivals: usize,
) -> f64 {
    let mut drawn = |mean: f64| -mean * (1.0 - random.f64()).ln();
    let (mut now, mut free, mut times) =
        (0.0, vec![0.0_f64; servers], Vec::with_capacity(arrivals));
    for _ in 0..arrivals {
        now += drawn(1.0 / rate);
        let first = (0..servers).min_by(|one, other| free[*one].total_cmp(&free[*other])).unwrap();
        free[first] = free[first].max(now) + drawn(service);
        times.push(free[first] - now);
    }
    times.sort_by(f64::total_cmp);
    times[arrivals * 99 / 100]
}

#[test]
fn a_single_server_s_limit_is_where_the_formula_says() {
    // The times of an M/M/1 queue are exponential with the mean 1 / (1000 - rate): p99 is 50 ms at
    // 908 in a second.
    let limit = 1_000.0 - 100_f64.ln() / 0.05;
    for seed in 0..20 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (found, steps) = searched(10.0, |rate| {
            let arrivals = (rate * 20.0) as usize;
            if queue_p99(&mut random, rate, 0.001, 1, arrivals.max(100)) <= 0.05 {
                RateStepResult::Held
            } else {
                RateStepResult::Broke
            }
        });
        let HighestRate::Between { holds, breaks } = found else { panic!("{found:?}") };
        assert!(holds > limit * 0.9 && breaks < limit * 1.1, "seed {seed}: {found:?}, not {limit}");
        assert!(breaks / holds <= 1.06 && steps < 40, "seed {seed}: {found:?} in {steps} steps");
    }
}

#[test]
fn several_servers_bear_more_than_as_many_single_ones() {
    let mut random = fastrand::Rng::with_seed(7);
    let mut judge = |rate: f64| match queue_p99(&mut random, rate, 0.004, 4, 40_000) <= 0.03 {
        true => RateStepResult::Held,
        false => RateStepResult::Broke,
    };
    let HighestRate::Between { holds, .. } = searched(10.0, &mut judge).0 else { panic!("found") };
    assert!(holds > 4.0 * (250.0 - 100_f64.ln() / 0.03) && holds < 1_000.0, "{holds}");
}

#[test]
fn one_unlucky_step_does_not_end_the_climb() {
    let (mut server, mut number) = (holds_up_to(1_000.0), 0);
    let (found, _) = searched(10.0, |rate| {
        number += 1;
        if number % 5 == 0 { RateStepResult::Broke } else { server(rate) }
    });
    let HighestRate::Between { holds, breaks } = found else { panic!("{found:?}") };
    assert!(holds > 850.0 && breaks < 1_150.0, "{found:?}");
}

#[test]
fn the_generator_s_limit_is_never_the_server_s() {
    let (found, _) = searched(10.0, |rate| {
        if rate < 500.0 { RateStepResult::Held } else { RateStepResult::ScheduleMissed }
    });
    assert_eq!(found, HighestRate::GeneratorLimit { holds: Some(320.0), at: 640.0 });
    assert_eq!(
        searched(10.0, |_| RateStepResult::ScheduleMissed).0,
        HighestRate::GeneratorLimit { holds: None, at: 10.0 }
    );
    // One such step is made again.
    let (mut server, mut number) = (holds_up_to(100.0), 0);
    let (found, _) = searched(10.0, |rate| {
        number += 1;
        if number == 3 { RateStepResult::ScheduleMissed } else { server(rate) }
    });
    assert!(matches!(found, HighestRate::Between { .. }), "{found:?}");
}

#[test]
fn a_server_that_bears_no_load_is_reported() {
    assert_eq!(searched(200.0, |_| RateStepResult::Broke).0, HighestRate::NotEven(1.0));
}

proptest! {
    #[test]
    fn any_sharp_limit_is_found(limit in 1.0_f64..1e6, first in 1.0_f64..1e5) {
        let (found, steps) = searched(first, holds_up_to(limit));
        let HighestRate::Between { holds, breaks } = found else { panic!("{found:?}") };
        prop_assert!(holds <= limit && limit < breaks, "{found:?}");
        prop_assert!(breaks / holds <= 1.1 || breaks - holds <= 1.0, "{found:?}");
        prop_assert!(steps < 60);
    }

    #[test]
    fn any_noise_ends_with_bounds_that_make_sense(seed in 0_u64..1_000_000) {
        let mut random = fastrand::Rng::with_seed(seed);
        let (found, steps) = searched(10.0, |rate| {
            if random.f64() < 1.0 / (1.0 + (rate / 1_000.0).powi(4)) { RateStepResult::Held } else { RateStepResult::Broke }
        });
        prop_assert!(steps <= 60);
        if let HighestRate::Between { holds, breaks } = found { prop_assert!(holds < breaks) }
    }
}

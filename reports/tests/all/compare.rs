//! Two versions side by side.

use brunt_reports::{
    Allowed, CompareError, Comparison, Judgement, Metric, Report, compare, comparison_text,
};
use brunt_scenarios::timeline::{Failure, Schedule, SparseHistogram, Timeline, Window};
use proptest::prelude::*;

use crate::fixture::{load, report, timeline};

/// A run of a minute with a hundred requests a second; neighbouring seconds are alike. `slower`
/// stretches latencies, `failing` is the share of failures.
fn run(seed: u64, slower: f64, failing: f64) -> Report {
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut mood = 1.0;
    let windows = (0..60).map(|second| {
        mood = 0.7 * mood + 0.3 * (0.5 + chance.f64());
        let failed = (0..100).filter(|_| chance.f64() < failing).count() as u64;
        let mut latencies: Vec<u64> = (0..100)
            .map(|_| 500 * (slower * mood * 40.0 * (1.0 - chance.f64().ln())) as u64)
            .collect();
        latencies.sort_unstable();
        Window {
            start: f64::from(second),
            ok: 100 - failed,
            failed: [(Failure::Status(503), failed)].into(),
            latency: SparseHistogram::from(
                latencies.into_iter().map(|value| (value, 1)).collect::<Vec<_>>(),
            ),
            ..Window::default()
        }
    });
    report_of(windows.collect())
}

fn report_of(windows: Vec<Window>) -> Report {
    report(
        &crate::fixture::plan(vec![]),
        Timeline { loads: vec![load(windows)], faults: vec![], ..timeline() },
    )
}

fn of(base: &[Report], new: &[Report]) -> Comparison {
    compare(base, new, Allowed::default()).expect("they are alike")
}

fn judged(comparison: &Comparison, metric: Metric) -> Option<Judgement> {
    comparison.differences.iter().find(|one| one.metric == metric).map(|one| one.judgement)
}

#[test]
fn the_same_version_is_not_worse() {
    let wrong = (0..16).filter(|seed| {
        let (base, new) = (run(2 * seed, 1.0, 0.001), run(2 * seed + 1, 1.0, 0.001));
        of(&[base], &[new]).judgement() == Judgement::Fail
    });
    assert_eq!(wrong.count(), 0, "of sixteen pairs in which nothing has changed");
}

#[test]
fn a_worse_version_is_found() {
    for seed in 0..4 {
        let base = run(seed, 1.0, 0.001);
        let slow = of(std::slice::from_ref(&base), &[run(seed + 100, 2.0, 0.001)]);
        assert_eq!(judged(&slow, Metric::P99), Some(Judgement::Fail), "seed {seed}: {slow:?}");
        assert_eq!(judged(&slow, Metric::Failures), Some(Judgement::Pass), "seed {seed}: {slow:?}");
        let broken = of(&[base], &[run(seed + 200, 1.0, 0.05)]);
        assert_eq!(
            judged(&broken, Metric::Failures),
            Some(Judgement::Fail),
            "seed {seed}: {broken:?}"
        );
    }
}

#[test]
fn comparisons_of_short_runs_are_inconclusive() {
    let short = |seed| {
        let whole = run(seed, 1.0, 0.0);
        report_of(whole.timeline.loads[0].windows[..2].to_vec())
    };
    assert_eq!(of(&[short(1)], &[short(2)]).judgement(), Judgement::Inconclusive);
}

#[test]
fn comparisons_with_a_missed_schedule_are_inconclusive() {
    let mut late = run(2, 1.0, 0.0);
    late.timeline.loads[0].schedule = Schedule::Missed("it was late".to_owned());
    let comparison = of(&[run(1, 1.0, 0.0)], &[late]);
    assert!(comparison.differences.iter().all(|one| one.judgement == Judgement::Inconclusive));
    assert!(comparison_text(&comparison).contains("now the load generator missed its schedule"));
}

#[test]
fn only_runs_of_the_same_scenario_are_compared() {
    let base = run(1, 1.0, 0.0);
    let mut other = base.clone();
    other.name = "another".to_owned();
    let different = compare(std::slice::from_ref(&base), &[other], Allowed::default());
    assert!(matches!(different, Err(CompareError::Different(..))));
    let mut elsewhere = base.clone();
    elsewhere.system = "another".to_owned();
    let different = compare(std::slice::from_ref(&base), &[elsewhere], Allowed::default());
    assert!(matches!(different, Err(CompareError::Different(..))));
    let mut renamed = base.clone();
    renamed.timeline.loads[0].name = "reads".to_owned();
    assert_eq!(
        compare(std::slice::from_ref(&base), &[renamed], Allowed::default()),
        Err(CompareError::NoLoad)
    );
    assert_eq!(compare(&[], &[base], Allowed::default()), Err(CompareError::Nothing));
}

#[test]
fn a_comparison_is_a_table() {
    let faulty = |report: Report| Report {
        timeline: Timeline { faults: timeline().faults, ..report.timeline },
        ..report
    };
    let (base, new) = (faulty(run(1, 1.0, 0.0)), faulty(run(2, 3.0, 0.02)));
    insta::assert_snapshot!(comparison_text(&of(&[base], &[new])));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn the_bounds_of_a_difference_are_in_order(seed in any::<u64>(), slower in 0.1..10.0, failing in 0.0..1.0) {
        let comparison = of(&[run(seed, 1.0, 0.5)], &[run(seed ^ 1, slower, failing)]);
        for one in comparison.differences {
            let bounds = one.bounds.unwrap();
            prop_assert!(bounds.least <= bounds.most);
        }
    }
}

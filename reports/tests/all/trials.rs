//! Several runs as one verdict.

use brunt_reports::Judgement::{Fail, Inconclusive, Pass};
use brunt_reports::{Finding, Outcome, Report, RunCounts, share_bounds, trials};
use brunt_scenarios::plan::{Availability, Claim, Conserved, During, Latency, Plan, Quantile};
use brunt_scenarios::timeline::{Ending, Failure, SumRecord, Timeline};
use proptest::prelude::*;

use crate::fixture::{load, percent, plan, report, secs, timeline, window};

fn counts(good: u64, all: u64) -> RunCounts {
    RunCounts { good, open: 0, all }
}

/// Trials whose own share lies evenly within four points of 95 %, each of 400 requests.
fn drawn(chance: &mut fastrand::Rng) -> Vec<RunCounts> {
    let one = |chance: &mut fastrand::Rng| {
        let share = 0.91 + 0.08 * chance.f64();
        counts((0..400).filter(|_| chance.f64() < share).count() as u64, 400)
    };
    (0..8).map(|_| one(chance)).collect()
}

/// The bounds cover the true share as often as they claim, where those of single requests do not.
#[test]
fn bounds_over_trials_hold_as_often_as_they_claim() {
    let mut chance = fastrand::Rng::with_seed(7);
    let (mut below, mut above, mut naive, times) = (0, 0, 0, 2_000);
    for _ in 0..times {
        let runs = drawn(&mut chance);
        let (least, most) = share_bounds(&runs).expect("there are eight trials");
        below += i32::from(least <= 0.95);
        above += i32::from(most >= 0.95);
        let good = runs.iter().map(|run| run.good).sum();
        naive += i32::from(brunt_reports::confidence::at_least(good, 8 * 400) <= 0.95);
    }
    let share = |count: i32| f64::from(count) / f64::from(times);
    assert!(share(below) >= 0.93 && share(above) >= 0.93, "{} and {}", share(below), share(above));
    assert!(share(naive) < 0.88, "single requests would do as well: {}", share(naive));
}

#[test]
fn one_trial_has_no_spread_and_clean_ones_prove_no_more_than_their_requests() {
    assert_eq!(share_bounds(&[]), None);
    assert_eq!(share_bounds(&[counts(10, 10)]), None);
    assert_eq!(share_bounds(&[counts(10, 10), counts(0, 0)]), None);
    let (least, most) = share_bounds(&[counts(100, 100), counts(200, 200)]).expect("two trials");
    assert!((least - 0.05_f64.powf(1.0 / 300.0)).abs() < 1e-9, "{least}");
    assert!(most >= 1.0);
}

proptest! {
    /// With trials of one size, the ratio is the mean of their shares, and its bounds
    /// are the textbook's.
    #[test]
    fn equal_trials_have_the_bounds_of_a_mean(good in proptest::collection::vec(0..1_000_u64, 3..12)) {
        let runs: Vec<RunCounts> = good.iter().map(|good| counts(*good, 1_000)).collect();
        let number = good.len() as f64;
        let shares: Vec<f64> = good.iter().map(|good| *good as f64 / 1_000.0).collect();
        let mean = shares.iter().sum::<f64>() / number;
        let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / (number - 1.0);
        // One-sided 95 % points of Student's t for 2 to 10 degrees of freedom (published tables).
        let points = [2.919986, 2.353363, 2.131847, 2.015048, 1.943180, 1.894579, 1.859548, 1.833113, 1.812461];
        let width = points[good.len() - 3] * (variance / number).sqrt();
        let (least, most) = share_bounds(&runs).expect("three trials or more");
        prop_assert!(least <= mean - width + 1e-6 || least == 0.0);
        prop_assert!(most >= mean + width - 1e-6 || most == 1.0);
        // Wide spread decides: then nothing but the table's value remains.
        if width > 0.1 && mean - width > 0.0 {
            prop_assert!((least - (mean - width)).abs() < 1e-5, "{least} is not {}", mean - width);
        }
    }
}

fn available(at_least: &str) -> Plan {
    let claim = |during| {
        Claim::Availability(Availability {
            of: "orders".to_owned(),
            at_least: percent(at_least),
            during,
        })
    };
    plan(vec![claim(During::Run)])
}

fn run(plan: &Plan, good: u64, failed: u64) -> Report {
    let windows = vec![window(0.0, good, &[(Failure::Reset, failed)], &[(2_000, good + failed)])];
    report(plan, Timeline { loads: vec![load(windows)], ..timeline() })
}

fn only(plan: &Plan, reports: &[Report], name: &str) -> Finding {
    let mut found = trials(plan, reports).findings;
    found.retain(|finding| finding.name == name);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn a_share_is_judged_over_trials_and_not_over_requests() {
    let plan = available("99%");
    let runs = |failed: &[u64]| -> Vec<Report> {
        failed.iter().map(|failed| run(&plan, 10_000 - failed, *failed)).collect()
    };
    assert_eq!(only(&plan, &runs(&[10, 12, 9, 11, 10]), "availability").judgement, Pass);
    assert_eq!(only(&plan, &runs(&[300, 310, 290, 305, 300]), "availability").judgement, Fail);
    // Of all requests together 99.5 % are good, which so many would support; but it was one trial
    // alone that went wrong.
    let one_bad = only(&plan, &runs(&[0, 0, 0, 0, 250]), "availability");
    assert_eq!(one_bad.judgement, Inconclusive, "{}", one_bad.evidence);
    assert_eq!(
        only(&plan, &runs(&[10]), "availability").judgement,
        Inconclusive,
        "one trial has no spread"
    );
}

#[test]
fn quantiles_are_judged_by_the_share_within_the_limit() {
    let (of, limits) = ("orders".to_owned(), vec![(Quantile(0.95), secs(1))]);
    let plan = plan(vec![Claim::Latency(Latency { of, limits, during: During::Run })]);
    let run = |slow: u64| {
        let windows = vec![window(0.0, 1_000, &[], &[(2_000, 1_000 - slow), (3_000_000, slow)])];
        report(&plan, Timeline { loads: vec![load(windows)], ..timeline() })
    };
    let judged = |slow: &[u64]| {
        only(&plan, &slow.iter().map(|slow| run(*slow)).collect::<Vec<_>>(), "latency.p95")
            .judgement
    };
    assert_eq!(judged(&[10, 12, 11]), Pass);
    assert_eq!(judged(&[100, 110, 105]), Fail);
    assert_eq!(judged(&[0, 100, 0]), Inconclusive);
}

#[test]
fn checks_without_a_share_must_hold_in_every_trial() {
    let plan = available("100%");
    let runs = |failed: &[u64]| -> Vec<Report> {
        failed.iter().map(|failed| run(&plan, 500, *failed)).collect()
    };
    let good = trials(&plan, &runs(&[0, 0, 0]));
    assert_eq!((good.outcome, good.findings[0].measured.as_str()), (Outcome::Pass, "3 of 3"));
    assert!(good.findings[0].evidence.contains("36.84%"), "{}", good.findings[0].evidence);
    let bad = trials(&plan, &runs(&[0, 2, 0]));
    assert_eq!(bad.outcome, Outcome::Fail);
    assert!(
        bad.findings[0].evidence.contains("Trial 2: 2 of 502 requests failed"),
        "{}",
        bad.findings[0].evidence
    );
    let mut doubtful = runs(&[0, 0, 0]);
    doubtful[1] = report(&plan, Timeline { loads: vec![], ..timeline() });
    assert_eq!(trials(&plan, &doubtful).outcome, Outcome::Inconclusive);
}

#[test]
fn no_trial_does_not_pass_and_a_stopped_one_is_named() {
    let plan = available("100%");
    assert_eq!(trials(&plan, &[]).outcome, Outcome::Inconclusive);
    let stopped = report(&plan, Timeline { ending: Ending::Interrupted, ..timeline() });
    assert_eq!(trials(&plan, &[run(&plan, 500, 0), stopped]).outcome, Outcome::Aborted);
}

#[test]
fn trials_of_a_conserved_quantity_are_one_finding_though_each_run_saved_another_value() {
    let (what, equals) = ("stock".to_owned(), "${stock}".to_owned());
    let plan =
        plan(vec![Claim::Conserved(Conserved { what, terms: vec![], equals, within: secs(5) })]);
    let run = |wanted: f64, found: f64| {
        let record = SumRecord {
            check: plan.checks[0].id,
            wanted,
            terms: vec![found],
            after: 1.0,
            trouble: None,
        };
        report(&plan, Timeline { sums: vec![record], ..timeline() })
    };
    let good = only(&plan, &[run(1000.0, 1000.0), run(990.0, 990.0)], "conserved");
    assert_eq!((good.judgement, good.measured.as_str()), (Pass, "2 of 2"));
    let bad = only(&plan, &[run(1000.0, 1000.0), run(990.0, 989.0)], "conserved");
    assert_eq!((bad.judgement, bad.check), (Fail, Some(plan.checks[0].id)));
}

#[test]
fn findings_of_reports_without_check_ids_are_matched_by_their_sentence() {
    let plan = available("100%");
    let earlier = |report: Report| {
        let mut json = serde_json::to_value(&report).expect("a report is JSON");
        let findings = json["verdict"]["findings"].as_array_mut().expect("a list");
        findings.iter_mut().for_each(|one| drop(one.as_object_mut().expect("one").remove("check")));
        serde_json::from_value::<Report>(json).expect("reports of earlier versions can be read")
    };
    let reports = [earlier(run(&plan, 100, 0)), earlier(run(&plan, 100, 0))];
    assert_eq!(only(&plan, &reports, "availability").measured, "2 of 2");
}

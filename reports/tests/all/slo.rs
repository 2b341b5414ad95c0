//! Error budgets and burn rates.

use std::time::Duration;

use brunt_reports::Judgement::{Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{Claim, Plan, Slo};
use brunt_scenarios::timeline::{Failure, Timeline};

use crate::fixture::{judged, load, only, percent, plan, secs, timeline, window};

/// A run of 6 s is a hundredth of a window of ten minutes.
fn objective(target: f64, spends: &str, within: Option<Duration>) -> Plan {
    let (of, spends) = ("orders".to_owned(), percent(spends));
    plan(vec![Claim::Slo(Slo { of, target, within, window: secs(600), spends })])
}

fn run(ok: u64, failed: &[(Failure, u64)], latency: &[(u64, u64)]) -> Timeline {
    Timeline { loads: vec![load(vec![window(0.0, ok, failed, latency)])], ..timeline() }
}

#[test]
fn a_run_spends_its_share_of_the_error_budget_times_its_burn_rate() {
    // 10 % bad of 1 % allowed burns ten times as fast, and a hundredth of the window spends a tenth
    // of it.
    let found =
        only(&objective(0.99, "12%", None), &run(9_000, &[(Failure::Reset, 1_000)], &[]), "slo");
    assert_eq!(
        (found.judgement, found.measured.as_str()),
        (Pass, "10% spent"),
        "{}",
        found.evidence
    );
    assert!(found.evidence.contains("Burn rate 10×"), "{}", found.evidence);
    let again = || run(9_000, &[(Failure::Reset, 1_000)], &[]);
    assert_eq!(judged(&objective(0.99, "9%", None), &again(), "slo"), Fail);
    assert_eq!(judged(&objective(0.99, "10%", None), &again(), "slo"), Inconclusive);
}

#[test]
fn burn_rates_are_computed_with_and_without_faults() {
    let found = only(&objective(0.9, "100%", None), &timeline(), "slo");
    let parts = ["0× before the faults", "during the faults", "after the faults"];
    assert!(parts.iter().all(|part| found.evidence.contains(part)), "{}", found.evidence);
}

#[test]
fn late_replies_are_bad_ones_and_what_is_not_known_counts_on_neither_side() {
    let within = Some(Duration::from_millis(100));
    let slow = [(2_000, 9_000), (300_000, 1_000)];
    assert_eq!(judged(&objective(0.99, "9%", within), &run(10_000, &[], &slow), "slo"), Fail);
    assert_eq!(judged(&objective(0.99, "9%", None), &run(10_000, &[], &slow), "slo"), Pass);
    // A thousand were refused, and a thousand came late: they may be the same ones, or not.
    let refused = run(9_000, &[(Failure::Status(503), 1_000)], &slow);
    assert_eq!(judged(&objective(0.99, "15%", within), &refused, "slo"), Inconclusive);
    assert_eq!(judged(&objective(0.99, "22%", within), &refused, "slo"), Pass);
    assert_eq!(judged(&objective(0.99, "8%", within), &refused, "slo"), Fail);
}

#[test]
fn a_run_too_short_to_spend_as_much_shows_nothing() {
    // All of them bad burn it ten times as fast, and a hundredth of the window spends a tenth.
    let good = run(10_000, &[], &[]);
    assert_eq!(judged(&objective(0.9, "9%", None), &good, "slo"), Pass);
    let found = only(&objective(0.9, "10%", None), &good, "slo");
    assert_eq!(found.judgement, Inconclusive);
    assert!(found.evidence.ends_with("even if every request fails."), "{}", found.evidence);
}

#[test]
fn an_slo_without_requests_is_inconclusive() {
    let plan = objective(0.99, "100%", None);
    assert_eq!(judged(&plan, &run(0, &[], &[]), "slo"), Inconclusive);
    assert_eq!(judged(&plan, &Timeline { loads: vec![], ..timeline() }, "slo"), Inconclusive);
    assert_eq!(
        judged(&objective(0.999, "0.1%", None), &run(1, &[], &[(2_000, 1)]), "slo"),
        Inconclusive
    );
}

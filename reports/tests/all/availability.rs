//! Availability: pass, fail and inconclusive, over the parts of a run.

use brunt_reports::Judgement::{self, Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{Availability, Claim, During, Plan};
use brunt_scenarios::timeline::{Failure, Timeline};

use crate::fixture::{fault, judged, load, only, percent, plan, timeline, window};

fn claims(at_least: &str, during: During) -> Plan {
    plan(vec![Claim::Availability(Availability {
        of: "orders".to_owned(),
        at_least: percent(at_least),
        during,
    })])
}

fn of(ok: u64, failed: &[(Failure, u64)], at_least: &str) -> (Judgement, String) {
    let timeline = Timeline { loads: vec![load(vec![window(0.0, ok, failed, &[])])], ..timeline() };
    let found = only(&claims(at_least, During::Run), &timeline, "availability");
    (found.judgement, found.evidence)
}

#[test]
fn an_availability_below_100_percent_needs_enough_good_requests() {
    for (at_least, needed) in [("99.9%", 2_995), ("99.99%", 29_956)] {
        assert_eq!(of(needed, &[], at_least).0, Pass);
        let (judgement, evidence) = of(needed - 1, &[], at_least);
        assert_eq!(judgement, Inconclusive);
        let digits = evidence.replace(',', "");
        assert!(
            digits.contains(&format!("needs {needed} requests and there were {}", needed - 1)),
            "{evidence}"
        );
    }
}

#[test]
fn failures_decide_once_both_bounds_are_on_one_side_of_the_target() {
    let failed = [(Failure::Connect, 10)];
    assert_eq!(of(9_990, &failed, "99.5%").0, Pass);
    assert_eq!(of(9_990, &failed, "99.9%").0, Inconclusive);
    assert_eq!(of(9_990, &failed, "99.99%").0, Fail);
}

#[test]
fn an_availability_of_100_percent_allows_no_failure() {
    let (judgement, evidence) = of(10_000, &[], "100%");
    assert_eq!(judgement, Pass);
    assert_eq!(
        evidence,
        "None of 10,000 requests failed, which supports 99.97% or more at 95% confidence."
    );
    let (judgement, evidence) = of(10_000, &[(Failure::Status(503), 1)], "100%");
    assert_eq!(judgement, Fail);
    assert_eq!(evidence, "1 of 10,001 requests failed; none may. Failures: status 503 × 1.");
}

#[test]
fn a_handful_of_good_requests_shows_no_availability() {
    for few in [1, 28] {
        let (judgement, evidence) = of(few, &[], "100%");
        assert_eq!(judgement, Inconclusive, "{evidence}");
        assert!(evidence.contains("90% needs 29 requests"), "{evidence}");
    }
    assert_eq!(of(29, &[], "100%").0, Pass);
    assert_eq!(of(1, &[(Failure::Reset, 1)], "100%").0, Fail);
}

#[test]
fn requests_in_flight_do_not_decide_an_availability() {
    let open = [(Failure::Unfinished, 2)];
    assert_eq!(of(10_000, &open, "100%").0, Inconclusive);
    assert_eq!(of(10_000, &open, "99%").0, Pass);
    assert_eq!(of(0, &open, "50%").0, Inconclusive);
    assert_eq!(of(100, &[(Failure::Unfinished, 100)], "90%").0, Inconclusive);
}

#[test]
fn an_availability_without_requests_is_inconclusive() {
    assert_eq!(of(0, &[], "100%").0, Inconclusive);
    let none = Timeline { loads: vec![], ..timeline() };
    assert_eq!(judged(&claims("50%", During::Run), &none, "availability"), Inconclusive);
}

fn evidence(during: During, timeline: &Timeline) -> String {
    only(&claims("100%", during), timeline, "availability").evidence
}

#[test]
fn the_parts_of_a_run_are_separated_by_its_faults() {
    let timeline = timeline();
    assert!(evidence(During::Before, &timeline).starts_with("None of 202 requests"));
    assert!(evidence(During::Faults, &timeline).starts_with("37 of 167 requests"));
    assert!(evidence(During::After, &timeline).starts_with("1 of 197 requests"));
    assert!(evidence(During::Run, &timeline).starts_with("38 of 566 requests"));
}

#[test]
fn a_window_partly_in_a_fault_is_during_it() {
    let mut timeline = timeline();
    timeline.faults = vec![
        fault("pause order", "order", 1.5, 2.5),
        fault("kill -9 one of order", "order", 4.0, 4.0),
    ];
    assert!(evidence(During::Before, &timeline).starts_with("None of 100 requests"));
    assert!(evidence(During::Faults, &timeline).starts_with("23 of 280 requests"));
    assert!(evidence(During::After, &timeline).starts_with("None of 101 requests"));
}

#[test]
fn without_a_fault_there_is_no_during_and_no_after() {
    let timeline = Timeline { faults: vec![], ..timeline() };
    assert_eq!(judged(&claims("100%", During::Faults), &timeline, "availability"), Inconclusive);
    assert_eq!(judged(&claims("100%", During::After), &timeline, "availability"), Inconclusive);
}

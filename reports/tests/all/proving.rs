//! Whether a run failed for the reasons that it should.

use brunt_reports::{Finding, Judgement, Outcome, Proving, Verdict, failures_before_faults};
use brunt_scenarios::plan::{Availability, Claim, During, Plan};
use brunt_scenarios::timeline::{Failure, Timeline};

use crate::fixture::{load, percent, plan, timeline, window};

fn verdict(findings: &[(&str, Judgement)]) -> Verdict {
    let finding = |(name, judgement): &(&str, Judgement)| Finding {
        check: None,
        name: (*name).to_owned(),
        claim: "a claim".to_owned(),
        judgement: *judgement,
        measured: "1".to_owned(),
        evidence: "1 of 1.".to_owned(),
    };
    Verdict { outcome: Outcome::Fail, findings: findings.iter().map(finding).collect() }
}

fn proven(names: &[&str]) -> bool {
    let verdict = verdict(&[
        ("ledger.lost", Judgement::Pass),
        ("ledger.duplicated", Judgement::Fail),
        ("availability", Judgement::Inconclusive),
        ("latency.p99", Judgement::Fail),
    ]);
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    verdict.fails_as(&names) == Proving::Proven
}

#[test]
fn a_check_s_name_in_a_proof_stands_for_all_that_begin_with_it() {
    assert!(proven(&["ledger"]));
    assert!(proven(&["ledger.duplicated", "latency"]));
    assert!(!proven(&["ledge"]));
    assert!(!proven(&["latency.p9"]));
}

#[test]
fn every_check_of_a_proof_must_fail_and_inconclusive_is_no_failure() {
    assert!(!proven(&["ledger.lost"]));
    assert!(!proven(&["ledger", "availability"]));
    assert!(!proven(&["conserved"]));
    assert!(!proven(&[]));
}

#[test]
fn a_failed_proof_says_why() {
    let verdict =
        verdict(&[("ledger.lost", Judgement::Pass), ("availability", Judgement::Inconclusive)]);
    let why = |name: &str| match verdict.fails_as(&[name.to_owned()]) {
        Proving::Proven => "proven".to_owned(),
        Proving::NotProven(why) => why,
    };
    assert_eq!(why("ledger"), "ledger holds all the same: 1 of 1.");
    assert_eq!(why("availability"), "availability is inconclusive: 1 of 1.");
    assert_eq!(why("step"), "step was not judged");
}

/// The only fault begins after two seconds.
fn early(claims: &Plan, refused: u64) -> Vec<String> {
    let seconds = [0.0, 1.0, 2.0, 3.0].map(|at| {
        let refused = if at < 2.0 { refused } else { 400 };
        window(at, 500, &[(Failure::Status(503), refused)], &[])
    });
    let timeline = Timeline { loads: vec![load(seconds.to_vec())], ..timeline() };
    let found = failures_before_faults(claims, &timeline, &["availability".to_owned()]);
    found.into_iter().map(|finding| finding.measured).collect()
}

fn available(during: During) -> Plan {
    let (of, at_least) = ("orders".to_owned(), percent("99%"));
    plan(vec![Claim::Availability(Availability { of, at_least, during })])
}

#[test]
fn a_check_that_fails_before_the_first_fault_is_told() {
    for during in [During::Run, During::Faults, During::After] {
        assert_eq!(early(&available(during), 0), [""; 0]);
        assert_eq!(early(&available(during), 500), ["50%"]);
    }
    assert_eq!(early(&available(During::Before), 500), [""; 0], "it is about that time");
    let none = Timeline { faults: vec![], ..timeline() };
    let names = ["availability".to_owned()];
    assert_eq!(failures_before_faults(&available(During::Run), &none, &names).len(), 0);
}

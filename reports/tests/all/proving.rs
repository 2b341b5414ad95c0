//! Whether a run failed for the reasons that it should.

use brunt_reports::{Finding, Judgement, Outcome, Proving, Verdict};

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

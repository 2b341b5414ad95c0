//! Counting how often verdicts are wrong.

use brunt_reports::{Calibration, Finding, Judgement, Outcome, RunCorrectness, Verdict};
use brunt_scenarios::units::Percent;

fn verdict(outcome: Outcome, failed: &[&str]) -> Verdict {
    let finding = |name: &&str| Finding {
        check: None,
        name: (*name).to_owned(),
        claim: String::new(),
        judgement: Judgement::Fail,
        measured: String::new(),
        evidence: String::new(),
    };
    Verdict { outcome, findings: failed.iter().map(finding).collect() }
}

#[test]
fn calibration_counts_runs_by_their_outcome() {
    let mut counted = Calibration::default();
    let fails = ["ledger.lost".to_owned()];
    let without = Some(("outbox of order", fails.as_slice()));
    for _ in 0..58 {
        let right = counted.count("kill-storm", None, &verdict(Outcome::Pass, &[]));
        assert_eq!(right, RunCorrectness::Right);
    }
    assert_eq!(
        counted.count("kill-storm", None, &verdict(Outcome::Inconclusive, &[])),
        RunCorrectness::Wrong
    );
    for _ in 0..59 {
        let right = counted.count("kill-storm", without, &verdict(Outcome::Fail, &["ledger.lost"]));
        assert_eq!(right, RunCorrectness::Right);
    }
    let otherwise =
        counted.count("kill-storm", without, &verdict(Outcome::Fail, &["availability"]));
    let missed = counted.count("kill-storm", without, &verdict(Outcome::Pass, &[]));
    assert_eq!([otherwise, missed], [RunCorrectness::Wrong; 2]);
    assert_eq!(counted.clean(), (59, 1));
    insta::assert_snapshot!(counted.table());
}

#[test]
fn a_calibration_without_runs_shows_nothing() {
    assert!(Calibration::default().table().contains("0 of 0 clean runs, so at most 100%"));
}

#[test]
fn a_calibration_fails_only_on_what_is_shown_beyond_chance() {
    let percent = |text: &str| Some(text.parse::<Percent>().unwrap());
    let fails = ["view".to_owned()];
    let broken = Some(("drops", fails.as_slice()));
    let mut counted = Calibration::default();
    counted.expect("view", Some("drops"));
    assert_eq!(counted.worse_than(None, None), [""; 0]);
    let worse = |counted: &Calibration| counted.worse_than(percent("1%"), percent("90%"));
    assert_eq!(worse(&counted), ["there was no clean run", "view drops was never run"]);
    for _ in 0..21 {
        counted.count("view", None, &verdict(Outcome::Pass, &[]));
    }
    counted.count("view", None, &verdict(Outcome::Inconclusive, &[]));
    counted.count("view", broken, &verdict(Outcome::Fail, &["view"]));
    counted.count("view", broken, &verdict(Outcome::Pass, &[]));
    assert_eq!(worse(&counted), [""; 0], "one of 22, and one of two, may be chance");
    counted.count("view", None, &verdict(Outcome::Fail, &["view"]));
    counted.count("view", broken, &verdict(Outcome::Pass, &[]));
    counted.count("view", broken, &verdict(Outcome::Pass, &[]));
    let found = worse(&counted);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0], "2 of 23 clean runs did not pass, which shows more than 1%");
    assert_eq!(found[1], "view drops: found in 1 of 4 runs, which shows less than 90%");
}

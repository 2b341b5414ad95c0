//! Counting how often verdicts are wrong.

use brunt_reports::{Calibration, Counted, Finding, Judgement, Outcome, Verdict};

fn verdict(outcome: Outcome, failed: &[&str]) -> Verdict {
    let finding = |name: &&str| Finding {
        name: (*name).to_owned(),
        claim: String::new(),
        judgement: Judgement::Fail,
        measured: String::new(),
        evidence: String::new(),
    };
    Verdict { outcome, findings: failed.iter().map(finding).collect() }
}

#[test]
fn runs_are_counted_by_what_they_show() {
    let mut counted = Calibration::default();
    let fails = ["ledger.lost".to_owned()];
    let without = Some(("outbox of order", fails.as_slice()));
    for _ in 0..58 {
        let right = counted.count("kill-storm", None, &verdict(Outcome::Pass, &[]));
        assert_eq!(right, Counted::Right);
    }
    assert_eq!(counted.count("kill-storm", None, &verdict(Outcome::Inconclusive, &[])), Counted::Wrong);
    for _ in 0..59 {
        let right = counted.count("kill-storm", without, &verdict(Outcome::Fail, &["ledger.lost"]));
        assert_eq!(right, Counted::Right);
    }
    let otherwise = counted.count("kill-storm", without, &verdict(Outcome::Fail, &["availability"]));
    let missed = counted.count("kill-storm", without, &verdict(Outcome::Pass, &[]));
    assert_eq!([otherwise, missed], [Counted::Wrong; 2]);
    assert_eq!(counted.clean(), (59, 1));
    insta::assert_snapshot!(counted.table());
}

#[test]
fn nothing_counted_says_nothing() {
    assert!(Calibration::default().table().contains("0 of 0 clean runs, so at most 100%"));
}

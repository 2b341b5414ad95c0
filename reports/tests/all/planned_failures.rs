//! Runs in which something was broken on purpose: they are good when they fail as they must.

use brunt_reports::{
    IndexEntry, Outcome, PlannedFailure, Proving, Report, html, index, junit, markdown,
};
use brunt_scenarios::plan::{Availability, Claim, During};

use crate::fixture::{percent, plan, report, timeline};

/// A run whose availability fails, and must.
fn broken(fails: &str) -> Report {
    let claim = Claim::Availability(Availability {
        of: "orders".to_owned(),
        at_least: percent("100%"),
        during: During::Run,
    });
    let mut report = report(&plan(vec![claim]), timeline());
    let of = std::mem::replace(&mut report.name, "Broken (without memory of order)".to_owned());
    let how = "without memory of order".to_owned();
    report.planned_failure = Some(PlannedFailure { of, how, fails: vec![fails.to_owned()] });
    report
}

fn clean() -> Report {
    let claim = Claim::Availability(Availability {
        of: "orders".to_owned(),
        at_least: percent("80%"),
        during: During::Run,
    });
    report(&plan(vec![claim]), timeline())
}

#[test]
fn a_planned_failure_is_no_failure_in_junit() {
    let xml = junit(&broken("availability")).expect("renders");
    assert!(xml.contains(r#"tests="1" failures="0" errors="0""#), "{xml}");
    assert!(xml.contains("without memory of order: availability must fail"), "{xml}");
    let xml = junit(&broken("ledger")).expect("renders");
    assert!(xml.contains(r#"tests="1" failures="1" errors="0""#), "{xml}");
    assert!(xml.contains("ledger was not judged"), "{xml}");
}

#[test]
fn pages_and_comments_say_proven_or_not() {
    let page = html(&broken("availability")).expect("renders");
    assert!(page.contains("<p class=\"word\">Proven</p>"), "{page}");
    let why = "Broken on purpose (without memory of order): availability failed as it must.";
    assert!(page.contains(why), "{page}");
    let page = html(&broken("ledger")).expect("renders");
    assert!(page.contains("<p class=\"word\">Not proven</p>"), "{page}");
    let text = markdown(&broken("availability")).expect("renders");
    assert!(text.starts_with("### ✅ Broken (without memory of order): proven"), "{text}");
}

#[test]
fn a_run_that_is_not_valid_as_a_whole_proves_nothing() {
    let mut report = broken("availability");
    report.verdict.outcome = Outcome::Inconclusive;
    let why = "the run itself is inconclusive".to_owned();
    assert_eq!(report.proving(), Some(Proving::NotProven(why)));
    assert_eq!(clean().proving(), None);
}

#[test]
fn the_index_has_one_row_a_scenario_with_its_proofs_in_it() {
    let (clean, proven, refuted) = (clean(), broken("availability"), broken("ledger"));
    let other =
        Report { name: "Another one".to_owned(), system: "shop".to_owned(), ..clean.clone() };
    let mut refuted = refuted;
    if let Some(planned) = &mut refuted.planned_failure {
        planned.how = "with DEFECT=x of order".to_owned();
    }
    let entry = |report, page| IndexEntry { report, page };
    let page = index(&[
        entry(&clean, "1/report.html"),
        entry(&proven, "2/report.html"),
        entry(&refuted, "3/report.html"),
        entry(&other, "4/report.html"),
    ])
    .expect("renders");
    assert_eq!(page.matches("<details class=\"scenario ").count(), 2, "{page}");
    assert!(page.contains("1 of 2 proven"), "{page}");
    assert!(page.contains("<dt>passed</dt><dd>2</dd>"), "no scenario failed: {page}");
    assert!(!page.contains("<dt>failed</dt>"), "{page}");
    assert_eq!(page.matches("1 of 1 run passed").count(), 2, "{page}");
    assert!(page.contains("<a href=\"3/report.html\">with DEFECT=x of order</a>"), "{page}");
    let wanted = ["id=\"only-pass\"", "id=\"system2\"", ".scenario:not(.system2)"];
    assert!(wanted.iter().all(|text| page.contains(text)), "{page}");
}

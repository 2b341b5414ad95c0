//! Conserved quantities, and requests made once.

use brunt_reports::Judgement::{self, Fail, Inconclusive, Pass};
use brunt_reports::judge;
use brunt_scenarios::plan::{Claim, Conserved, Method, Step};
use brunt_scenarios::timeline::{CheckId, Moment, StepRecord, SumRecord, Timeline};

use crate::fixture::{judged, only, plan, request, secs, timeline};

fn sum(terms: &[f64], wanted: f64, trouble: Option<&str>) -> Judgement {
    let (what, equals) = ("stock and sold".to_owned(), "100".to_owned());
    let plan =
        plan(vec![Claim::Conserved(Conserved { what, terms: vec![], equals, within: secs(5) })]);
    let trouble = trouble.map(str::to_owned);
    let record =
        SumRecord { check: CheckId(0), wanted, terms: terms.to_vec(), after: 0.5, trouble };
    judged(&plan, &Timeline { sums: vec![record], ..timeline() }, "conserved")
}

#[test]
fn a_conserved_sum_fails_if_its_terms_do_not_add_up() {
    assert_eq!(sum(&[60.0, 40.0], 100.0, None), Pass);
    assert_eq!(sum(&[0.1, 0.2], 0.3, None), Pass);
    assert_eq!(sum(&[60.0, 39.0], 100.0, None), Fail);
    assert_eq!(sum(&[], 0.0, None), Inconclusive);
    assert_eq!(sum(&[60.0, 40.0], 100.0, Some("status 500")), Inconclusive);
}

fn step(name: &str) -> Step {
    let (name, request) = (name.to_owned(), request(Method::Get, "/orders/1"));
    Step { name, at: None, within: None, request, save: vec![] }
}

fn record(name: &str, objection: Option<&str>) -> StepRecord {
    StepRecord {
        name: name.to_owned(),
        start: Moment(7.0),
        end: Moment(7.25),
        tries: 3,
        status: Some(200),
        objection: objection.map(str::to_owned),
    }
}

#[test]
fn a_step_fails_with_its_objection() {
    let mut plan = plan(vec![]);
    plan.steps = vec![step("order is completed")];
    let good = Timeline { steps: vec![record("order is completed", None)], ..timeline() };
    assert_eq!(judged(&plan, &good, "step"), Pass);
    let bad = record("order is completed", Some("$.status is \"Requested\", not \"Completed\""));
    let found = only(&plan, &Timeline { steps: vec![bad], ..timeline() }, "step");
    assert_eq!(found.judgement, Fail);
    insta::assert_snapshot!(found.evidence);
}

#[test]
fn a_missing_step_is_noticed_even_if_another_has_its_name() {
    let mut plan = plan(vec![]);
    plan.steps = vec![step("GET"), step("GET")];
    let once = Timeline { steps: vec![record("GET", None)], ..timeline() };
    let verdict = judge(&plan, &once);
    let judgements: Vec<Judgement> =
        verdict.findings.iter().map(|finding| finding.judgement).collect();
    assert_eq!(judgements, [Pass, Inconclusive]);
}

//! The outcome of the run as a whole.

use brunt_reports::{Judgement, Outcome, judge};
use brunt_scenarios::plan::{
    Arrival, Availability, Claim, During, EdgeFault, Fault, FaultKind, Ramp, ReplicaFilter,
};
use brunt_scenarios::timeline::{EdgeRecord, Ending, FaultRecord, Gap, GapKind, Moment, Timeline};

use crate::fixture::{fault, judged, only, percent, plan, secs, timeline};

fn availability(at_least: &str) -> Claim {
    Claim::Availability(Availability {
        of: "orders".to_owned(),
        at_least: percent(at_least),
        during: During::Run,
    })
}

fn outcome(at_least: &str, timeline: &Timeline) -> Outcome {
    judge(&plan(vec![availability(at_least)]), timeline).outcome
}

#[test]
fn a_run_whose_checks_all_pass_passes() {
    assert_eq!(outcome("80%", &timeline()), Outcome::Pass);
    assert_eq!(outcome("100%", &timeline()), Outcome::Fail);
    assert_eq!(outcome("93%", &timeline()), Outcome::Inconclusive);
}

#[test]
fn a_run_without_checks_does_not_pass() {
    let verdict = judge(&plan(vec![]), &timeline());
    assert_eq!((verdict.outcome, verdict.findings.len()), (Outcome::Inconclusive, 0));
}

#[test]
fn a_fault_without_effect_makes_the_run_inconclusive() {
    let mut timeline = timeline();
    timeline.faults = vec![FaultRecord { effect: 0, ..fault("stop product", "product", 2.0, 4.0) }];
    assert_eq!(outcome("80%", &timeline), Outcome::Inconclusive);
    timeline.faults = vec![];
    assert_eq!(judged(&plan(vec![]), &timeline, "fault"), Judgement::Inconclusive);
    assert_eq!(outcome("80%", &timeline), Outcome::Inconclusive);
}

#[test]
fn a_fault_with_trouble_makes_the_run_inconclusive() {
    let mut timeline = timeline();
    timeline.faults[0].trouble = Some("no such process".to_owned());
    assert_eq!(outcome("80%", &timeline), Outcome::Inconclusive);
}

#[test]
fn a_load_that_was_not_sent_makes_the_run_inconclusive() {
    let none = Timeline { loads: vec![], ..timeline() };
    assert_eq!(judged(&plan(vec![]), &none, "load"), Judgement::Inconclusive);
    let mut silent = timeline();
    silent.loads[0].windows.clear();
    assert_eq!(judged(&plan(vec![]), &silent, "load"), Judgement::Inconclusive);
}

#[test]
fn the_worst_check_decides_the_outcome() {
    let mut timeline = Timeline { ending: Ending::Interrupted, ..timeline() };
    assert_eq!(outcome("100%", &timeline), Outcome::Aborted);
    timeline.ending = Ending::Aborted("50% failed for 10s".to_owned());
    assert_eq!(outcome("100%", &timeline), Outcome::Aborted);
    timeline.left_behind = vec!["process 12 of order".to_owned()];
    assert_eq!(outcome("80%", &timeline), Outcome::LeftBehind);
}

#[test]
fn a_system_that_does_not_start_or_refuses_its_setup_shows_nothing() {
    let ending = Ending::NotStarted("order was not ready within 12s".to_owned());
    let timeline = Timeline { ending, loads: vec![], events: vec![], faults: vec![], ..timeline() };
    assert_eq!(outcome("80%", &timeline), Outcome::Inconclusive);
    assert_eq!(judged(&plan(vec![]), &timeline, "setup"), Judgement::Inconclusive);
    let ending = Ending::NotSetUp("answered 500".to_owned());
    let timeline = Timeline { ending, ..timeline };
    assert_eq!(outcome("80%", &timeline), Outcome::Inconclusive);
    assert_eq!(judged(&plan(vec![]), &timeline, "setup"), Judgement::Inconclusive);
}

/// The outcome of a run whose record was changed, and what is said of it.
fn damaged(change: impl FnOnce(&mut Timeline)) -> (Outcome, String) {
    let mut timeline = timeline();
    change(&mut timeline);
    let data =
        judge(&plan(vec![]), &timeline).findings.into_iter().find(|finding| finding.name == "data");
    (outcome("80%", &timeline), data.map(|finding| finding.evidence).unwrap_or_default())
}

#[test]
fn a_clock_that_jumped_does_not_pass() {
    let changes: [fn(&mut Timeline); 4] = [
        |timeline| timeline.faults[0].end = Moment(1.0),
        |timeline| timeline.faults[0].end = Moment(90.0),
        |timeline| timeline.events.iter_mut().for_each(|event| event.at.0 += 3_600.0),
        |timeline| timeline.loads[0].windows.swap(1, 4),
    ];
    for change in changes {
        let (outcome, evidence) = damaged(change);
        assert_eq!(outcome, Outcome::Inconclusive, "{evidence}");
        assert!(!evidence.is_empty());
    }
}

#[test]
fn half_a_record_does_not_pass() {
    let changes: [fn(&mut Timeline); 4] = [
        |timeline| timeline.ended = Moment(2.0),
        |timeline| timeline.loads[0].window = 0.0,
        |timeline| timeline.loads[0].windows[3].ok = 0,
        |timeline| timeline.loads[0].windows[3].start = f64::NAN,
    ];
    for change in changes {
        let (outcome, evidence) = damaged(change);
        assert_eq!(outcome, Outcome::Inconclusive, "{evidence}");
    }
}

#[test]
fn an_open_load_must_have_made_its_arrivals() {
    let mut plan = plan(vec![]);
    let judged = |plan: &brunt_scenarios::Plan| {
        judge(plan, &timeline()).findings.iter().any(|finding| finding.name == "data")
    };
    let open = |rate| Arrival::Open { ramps: vec![Ramp { from: rate, to: rate, lasts: secs(6) }] };
    plan.loads[0].arrival = open(94.0);
    assert!(!judged(&plan));
    plan.loads[0].arrival = open(150.0);
    assert!(judged(&plan), "900 arrivals, and 566 requests");
    plan.loads[0].warm_up = secs(3);
    assert!(!judged(&plan), "those of the first three seconds are not counted");
}

#[test]
fn a_fault_between_two_services_that_hit_nothing_says_what_may_be_why() {
    let mut plan = plan(vec![]);
    let (from, to) = ("order".to_owned(), "product".to_owned());
    let kind = FaultKind::Edge { from: from.clone(), to: to.clone(), fault: EdgeFault::Cut };
    let record = FaultRecord { effect: 0, ..fault(&kind.to_string(), "product", 1.0, 2.0) };
    let (at, only_of) = (vec![secs(1)], ReplicaFilter::default());
    plan.faults = vec![Fault { kind, at, lasts: Some(secs(1)), only: only_of }];
    let says = |edges: Vec<EdgeRecord>, gaps: Vec<Gap>| {
        let timeline = Timeline { faults: vec![record.clone()], edges, gaps, ..timeline() };
        only(&plan, &timeline, "fault").evidence
    };
    let seen = |requests: u64| {
        let (from, to) = (Some(from.clone()), to.clone());
        vec![EdgeRecord { from, to, requests, reached: requests, ..EdgeRecord::default() }]
    };
    let none = says(seen(0), vec![]);
    assert!(none.ends_with("order made no request to product that the proxy between them saw."));
    let what = "order kept connections".to_owned();
    let bypassed = Gap { from: Moment(0.0), to: None, what, kind: GapKind::Bypassed };
    let past = says(seen(0), vec![bypassed]);
    assert!(past.contains("no request from order to product was seen"), "{past}");
    assert!(past.contains("older than the proxy"), "{past}");
    let some = says(seen(7), vec![]);
    assert!(
        some.contains("7 requests from order to product") && some.contains("none met it"),
        "{some}"
    );
    assert!(says(vec![], vec![]).contains("was not counted"));
}

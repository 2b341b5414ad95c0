//! Restarts by the liveness probe.

use brunt_reports::Finding;
use brunt_reports::Judgement::{Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{Claim, Fault, FaultKind, Pick, ReplicaFilter, Restarts};
use brunt_scenarios::timeline::{Event, EventKind, Moment, RestartReason, Timeline};

use crate::fixture::{event, fault, only, plan, secs, timeline};

fn of(ended: f64, events: Vec<Event>) -> Finding {
    let mut plan =
        plan(vec![Claim::Restarts(Restarts { service: "order".to_owned(), within: secs(8) })]);
    let service = "order".to_owned();
    plan.faults = vec![Fault {
        kind: FaultKind::MakeZombie { service, path: "/zombie".to_owned() },
        at: vec![secs(10)],
        lasts: None,
        only: ReplicaFilter::default(),
    }];
    let faults = vec![fault("make a zombie of order", "order", 10.0, 10.0)];
    only(&plan, &Timeline { ended: Moment(ended), faults, events, ..timeline() }, "restarts")
}

fn restarted(at: f64, reason: RestartReason) -> Event {
    event(at, "order", 1, EventKind::Restarting { reason })
}

fn ready(at: f64) -> Event {
    event(at, "order", 1, EventKind::Ready)
}

#[test]
fn a_restart_in_time_passes_with_its_figures() {
    let found = of(60.0, vec![restarted(14.2, RestartReason::Liveness), ready(15.0)]);
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "4.2s"));
    insta::assert_snapshot!(found.evidence);
}

#[test]
fn a_late_restart_fails() {
    assert_eq!(
        of(60.0, vec![restarted(18.5, RestartReason::Liveness), ready(19.0)]).judgement,
        Fail
    );
}

#[test]
fn a_restart_that_is_never_ready_fails() {
    assert_eq!(of(60.0, vec![restarted(14.0, RestartReason::Liveness)]).judgement, Fail);
}

#[test]
fn no_restart_or_one_for_another_reason_fails() {
    assert_eq!(of(60.0, vec![]).judgement, Fail);
    assert_eq!(of(60.0, vec![restarted(12.0, RestartReason::Crash), ready(13.0)]).judgement, Fail);
    assert_eq!(of(60.0, vec![restarted(5.0, RestartReason::Liveness), ready(6.0)]).judgement, Fail);
}

#[test]
fn a_run_that_ends_before_the_bound_shows_nothing() {
    assert_eq!(of(12.0, vec![]).judgement, Inconclusive);
}

#[test]
fn a_kill_is_no_restart_by_the_probe() {
    let mut plan =
        plan(vec![Claim::Restarts(Restarts { service: "order".to_owned(), within: secs(8) })]);
    let kind =
        FaultKind::Kill { services: vec!["order".to_owned()], pick: Pick::One, grace: secs(0) };
    let name = kind.to_string();
    plan.faults =
        vec![Fault { kind, at: vec![secs(10)], lasts: None, only: ReplicaFilter::default() }];
    let faults = vec![fault(&name, "order", 10.0, 10.0)];
    let timeline = Timeline { ended: Moment(60.0), faults, ..timeline() };
    assert_eq!(only(&plan, &timeline, "restarts").judgement, Inconclusive);
}

//! Restarts by the liveness probe.

use brunt_reports::Finding;
use brunt_reports::Judgement::{self, Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{
    Claim, EdgeFault, Fault, FaultKind, NodeFault, NodePick, Pick, PlatformFault, ReplicaFilter,
    Restarts,
};
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
fn what_replaces_a_process_or_breaks_only_the_way_to_it_needs_no_restart_by_the_probe() {
    let service = || "order".to_owned();
    let kill = FaultKind::Kill { services: vec![service()], pick: Pick::One, grace: secs(0) };
    let of_platform = |fault| FaultKind::Platform { service: service(), fault };
    let evict = of_platform(PlatformFault::Evict(Pick::One));
    let ended = of_platform(PlatformFault::KillContainer(Pick::One));
    let (which, fault) = (NodePick::Named("node-1".to_owned()), NodeFault::Outage);
    let nodes = FaultKind::Nodes { which, fault };
    let (from, to) = ("gateway".to_owned(), service());
    let cut = FaultKind::Edge { from, to, fault: EdgeFault::Cut };
    for kind in [kill, evict, ended, of_platform(PlatformFault::Remove), nodes, cut] {
        assert_eq!(after(&kind), Inconclusive, "{kind}");
    }
    let (cpu, memory) = (1, 0);
    assert_eq!(after(&of_platform(PlatformFault::Stress { pick: Pick::One, cpu, memory })), Fail);
    assert_eq!(after(&FaultKind::Pause { service: service(), pick: Pick::One }), Fail);
}

/// What is judged when nothing restarts after a fault.
fn after(kind: &FaultKind) -> Judgement {
    let claim = Restarts { service: "order".to_owned(), within: secs(8) };
    let mut plan = plan(vec![Claim::Restarts(claim)]);
    let (kind, name) = (kind.clone(), kind.to_string());
    plan.faults =
        vec![Fault { kind, at: vec![secs(10)], lasts: None, only: ReplicaFilter::default() }];
    let faults = vec![fault(&name, "order", 10.0, 10.0)];
    let timeline = Timeline { ended: Moment(60.0), faults, ..timeline() };
    only(&plan, &timeline, "restarts").judgement
}

/// A pause of these seconds, and other faults beside it; the probe may take 4 s to notice.
fn after_a_pause(lasts: u64, others: Vec<FaultKind>) -> Finding {
    let claim = Restarts { service: "order".to_owned(), within: secs(8) };
    let mut plan = plan(vec![Claim::Restarts(claim)]);
    let planned =
        |kind, at, lasts| Fault { kind, at: vec![secs(at)], lasts, only: ReplicaFilter::default() };
    let pause = FaultKind::Pause { service: "order".to_owned(), pick: Pick::One };
    let end = 10.0 + lasts as f64;
    let mut faults = vec![fault(&pause.to_string(), "order", 10.0, end)];
    plan.faults = vec![planned(pause, 10, Some(secs(lasts)))];
    for kind in others {
        faults.push(fault(&kind.to_string(), "order", 12.0, 12.0));
        plan.faults.push(planned(kind, 12, None));
    }
    only(&plan, &Timeline { ended: Moment(60.0), faults, ..timeline() }, "restarts")
}

#[test]
fn a_pause_that_the_probe_need_not_have_noticed_is_not_held_against_the_service() {
    let short = after_a_pause(3, vec![]);
    assert_eq!(short.judgement, Inconclusive);
    assert!(short.evidence.contains("it ended after 3s, and the liveness probe may take 4s"));
    assert_eq!(after_a_pause(6, vec![]).judgement, Fail);
}

#[test]
fn a_process_that_another_fault_has_replaced_needs_no_restart_by_the_probe() {
    let services = vec!["order".to_owned()];
    let kill = FaultKind::Kill { services, pick: Pick::One, grace: secs(0) };
    let found = after_a_pause(6, vec![kill.clone()]);
    assert_eq!(found.judgement, Inconclusive);
    assert!(found.evidence.contains(&format!("but {kill} at 12.0s")), "{}", found.evidence);
}

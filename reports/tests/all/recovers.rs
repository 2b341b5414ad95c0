//! Recovery after each kind of fault.

use brunt_reports::Finding;
use brunt_reports::Judgement::{Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{
    Claim, Fault, FaultKind, NodeFault, NodePick, Pick, Plan, Recovers, ReplicaFilter,
};
use brunt_scenarios::timeline::{Event, EventKind, FaultRecord, Moment, Timeline};

use crate::fixture::{event, fault, killed, only, plan, secs, timeline};

fn claims(within: u64) -> Plan {
    plan(vec![Claim::Recovers(Recovers {
        service: "product".to_owned(),
        after: None,
        within: secs(within),
    })])
}

fn of(within: u64, timeline: &Timeline) -> Finding {
    only(&claims(within), timeline, "recovers")
}

fn run(ended: f64, faults: Vec<FaultRecord>, events: Vec<Event>) -> Timeline {
    let mut all = vec![
        event(-1.0, "product", 1, EventKind::Started),
        event(-0.5, "product", 1, EventKind::Ready),
    ];
    all.extend(events);
    Timeline { ended: Moment(ended), faults, events: all, ..timeline() }
}

fn kill(at: f64) -> FaultRecord {
    fault("kill -9 one of product", "product", at, at)
}

fn replaced(gone: f64, ready: f64) -> Vec<Event> {
    vec![
        event(gone, "product", 1, killed()),
        event(gone, "product", 1, EventKind::Started),
        event(ready, "product", 1, EventKind::Ready),
    ]
}

#[test]
fn recovery_counts_from_the_end_of_a_fault_that_lasts() {
    let found = of(1, &timeline());
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "700ms"));
}

#[test]
fn recovery_counts_from_the_kill_even_if_the_exit_is_seen_later() {
    let timeline = run(60.0, vec![kill(10.0)], replaced(10.02, 13.5));
    let found = of(3, &timeline);
    assert_eq!((found.judgement, found.measured.as_str()), (Fail, "3.5s"));
    assert_eq!(of(4, &timeline).judgement, Pass);
}

#[test]
fn a_service_that_never_comes_back_fails_once_its_time_is_over() {
    let gone = vec![event(10.02, "product", 1, killed())];
    let timeline = run(60.0, vec![kill(10.0)], gone);
    assert_eq!(of(5, &timeline).judgement, Fail);
    assert_eq!(of(90, &timeline).judgement, Inconclusive);
}

#[test]
fn a_service_hit_again_within_its_time_is_judged_by_the_later_fault() {
    let mut events =
        vec![event(10.02, "product", 1, killed()), event(11.0, "product", 1, EventKind::Started)];
    events.extend(replaced(12.01, 14.0));
    let found = of(4, &run(60.0, vec![kill(10.0), kill(12.0)], events.clone()));
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "2s"));
    assert_eq!(of(1, &run(60.0, vec![kill(10.0), kill(12.0)], events)).judgement, Fail);
}

#[test]
fn a_crash_long_after_is_not_the_faults_doing() {
    let found = of(5, &run(60.0, vec![kill(10.0)], replaced(40.0, 50.0)));
    assert_eq!((found.judgement, found.measured.as_str()), (Inconclusive, "was never gone"));
    assert!(found.evidence.contains("took no replica away"), "{}", found.evidence);
}

#[test]
fn a_service_that_was_never_gone_shows_no_recovery_unless_another_one_was_hit() {
    let untouched = run(60.0, vec![kill(10.0)], vec![]);
    assert_eq!(of(5, &untouched).judgement, Inconclusive);
    // One of two faults that took a replica away is enough.
    let once = run(60.0, vec![kill(10.0), kill(30.0)], replaced(30.02, 32.0));
    assert_eq!((of(5, &once).judgement, of(1, &once).judgement), (Pass, Fail));
    let (service, after) = ("order".to_owned(), Some("product".to_owned()));
    let beside = plan(vec![Claim::Recovers(Recovers { service, after, within: secs(5) })]);
    let found = only(&beside, &timeline(), "recovers");
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "0s"));
}

#[test]
fn a_rollout_counts_from_its_start_until_it_is_done() {
    let mut plan = claims(8);
    let kind = FaultKind::Rollout { service: "product".to_owned() };
    plan.faults =
        vec![Fault { kind, at: vec![secs(10)], lasts: None, only: ReplicaFilter::default() }];
    let started = Event { replica: None, ..event(10.0, "product", 0, EventKind::RolloutStarted) };
    let events = vec![
        started.clone(),
        event(10.1, "product", 2, EventKind::Started),
        event(12.0, "product", 2, EventKind::Ready),
        event(12.5, "product", 1, killed()),
        Event { replica: None, ..event(14.0, "product", 0, EventKind::RolloutDone) },
    ];
    let record = fault("roll out product", "product", 10.0, 14.0);
    let found = only(&plan, &run(60.0, vec![record.clone()], events), "recovers");
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "4s"));
    let stuck = only(&plan, &run(60.0, vec![record], vec![started]), "recovers");
    assert_eq!(stuck.judgement, Fail);
}

#[test]
fn the_loss_of_a_node_counts_from_its_start_as_other_nodes_take_over() {
    let mut plan = claims(8);
    let which = NodePick::ZoneOf("product".to_owned());
    let kind = FaultKind::Nodes { which, fault: NodeFault::Outage };
    let lost = fault(&kind.to_string(), "product", 10.0, 40.0);
    plan.faults = vec![Fault {
        kind,
        at: vec![secs(10)],
        lasts: Some(secs(30)),
        only: ReplicaFilter::default(),
    }];
    let found = only(&plan, &run(60.0, vec![lost], replaced(10.1, 17.0)), "recovers");
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "7s"));
}

#[test]
fn recovery_needs_all_replicas() {
    let mut plan = claims(5);
    plan.system.services.get_mut("product").expect("product").replicas = 2;
    let mut events =
        vec![event(-0.2, "product", 2, EventKind::Ready), event(10.02, "product", 2, killed())];
    let timeline = run(60.0, vec![kill(10.0)], events.clone());
    assert_eq!(only(&plan, &timeline, "recovers").judgement, Fail);
    events.push(event(11.0, "product", 3, EventKind::Ready));
    assert_eq!(only(&plan, &run(60.0, vec![kill(10.0)], events), "recovers").judgement, Pass);
}

#[test]
fn scaling_for_good_is_over_when_the_new_number_is_ready() {
    let mut plan = claims(5);
    let kind = FaultKind::Scale { service: "product".to_owned(), replicas: 2 };
    plan.faults =
        vec![Fault { kind, at: vec![secs(10)], lasts: None, only: ReplicaFilter::default() }];
    let record = fault("scale product to 2", "product", 10.0, 10.0);
    let up = vec![event(13.0, "product", 2, EventKind::Ready)];
    let found = only(&plan, &run(60.0, vec![record.clone()], up), "recovers");
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "3s"));
    assert_eq!(only(&plan, &run(60.0, vec![record], vec![]), "recovers").judgement, Fail);
}

#[test]
fn a_fault_still_in_force_keeps_a_service_down() {
    let mut plan = claims(2);
    let kind = FaultKind::Pause { service: "product".to_owned(), pick: Pick::All };
    plan.faults.push(Fault {
        kind,
        at: vec![secs(10)],
        lasts: Some(secs(10)),
        only: ReplicaFilter::default(),
    });
    let faults = vec![fault("pause product", "product", 10.0, 20.0), kill(15.0)];
    let events = vec![
        event(13.0, "product", 1, EventKind::NotReady),
        event(21.0, "product", 1, EventKind::Ready),
    ];
    let found = only(&plan, &run(60.0, faults, events), "recovers");
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "1s"));
}

#[test]
fn recovery_of_a_service_that_no_fault_hit_is_inconclusive() {
    let elsewhere = FaultRecord { services: vec!["order".to_owned()], ..kill(10.0) };
    assert_eq!(of(5, &run(60.0, vec![elsewhere], vec![])).judgement, Inconclusive);
    let missed = FaultRecord { effect: 0, ..kill(10.0) };
    assert_eq!(of(5, &run(60.0, vec![missed], vec![])).judgement, Inconclusive);
}

#[test]
fn a_service_that_was_never_drawn_was_not_hit() {
    let services = vec!["order".to_owned(), "product".to_owned()];
    let drawn = |at| FaultRecord { services: services.clone(), ..kill(at) };
    assert_eq!(of(5, &run(60.0, vec![drawn(10.0)], vec![])).judgement, Inconclusive);
    assert_eq!(
        of(5, &run(60.0, vec![drawn(10.0), drawn(20.0)], replaced(20.02, 21.0))).judgement,
        Pass
    );
    assert_eq!(
        of(5, &run(60.0, vec![drawn(10.0), drawn(20.0)], replaced(20.02, 29.0))).judgement,
        Fail
    );
}

fn claims_after(after: &str, within: u64) -> Plan {
    let (service, after) = ("order".to_owned(), Some(after.to_owned()));
    plan(vec![Claim::Recovers(Recovers { service, after, within: secs(within) })])
}

fn order(at: f64, what: EventKind) -> Event {
    event(at, "order", 1, what)
}

#[test]
fn a_service_recovers_after_the_fault_of_another() {
    let mut events = vec![order(-0.5, EventKind::Ready), order(11.0, EventKind::NotReady)];
    events.push(order(23.0, EventKind::Ready));
    let stopped = fault("stop product", "product", 10.0, 20.0);
    let timeline = run(60.0, vec![stopped.clone()], events.clone());
    let found = only(&claims_after("product", 4), &timeline, "recovers");
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "3s"));
    assert!(found.claim.ends_with("after faults of product"), "{}", found.claim);
    assert_eq!(only(&claims_after("product", 2), &timeline, "recovers").judgement, Fail);
    // Its own fault keeps it down for longer, and is no fault of the other.
    let own = fault("stop order", "order", 19.0, 22.5);
    let timeline = run(60.0, vec![stopped, own.clone()], events.clone());
    let found = only(&claims_after("product", 2), &timeline, "recovers");
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "500ms"));
    let timeline = run(60.0, vec![own], events);
    assert_eq!(only(&claims_after("product", 4), &timeline, "recovers").judgement, Inconclusive);
}

#[test]
fn a_service_that_stayed_ready_while_another_was_down_has_recovered() {
    let stopped = fault("stop product", "product", 10.0, 20.0);
    let timeline = run(60.0, vec![stopped], vec![order(-0.5, EventKind::Ready)]);
    let found = only(&claims_after("product", 4), &timeline, "recovers");
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "0s"));
}

#[test]
fn a_broken_connection_counts_for_the_service_that_could_not_be_reached() {
    let cut = FaultRecord {
        services: vec!["order".to_owned(), "product".to_owned()],
        ..fault("cut order → product", "", 10.0, 20.0)
    };
    let events = vec![
        order(-0.5, EventKind::Ready),
        order(12.0, EventKind::NotReady),
        order(21.0, EventKind::Ready),
    ];
    let found = only(&claims_after("product", 4), &run(60.0, vec![cut], events), "recovers");
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "1s"));
}

#[test]
fn a_service_without_a_probe_is_ready_when_it_accepts_connections() {
    let mut plan = claims(3);
    plan.system.services.get_mut("product").expect("product").readiness = None;
    let started = replaced(10.02, 10.03);
    let mut listening = vec![event(-0.4, "product", 1, EventKind::Listening)];
    listening.extend(started.clone());
    let never = only(&plan, &run(60.0, vec![kill(10.0)], listening.clone()), "recovers");
    assert_eq!(never.judgement, Fail, "its process started, and nothing listened: {never:?}");
    listening.push(event(12.5, "product", 1, EventKind::Listening));
    let found = only(&plan, &run(60.0, vec![kill(10.0)], listening), "recovers");
    assert_eq!((found.judgement, found.measured.as_str()), (Pass, "2.5s"));
    assert!(found.evidence.contains("ready when it accepts connections"), "{}", found.evidence);
    // On a cluster, nothing tells when it listens.
    let found = only(&plan, &run(60.0, vec![kill(10.0)], started), "recovers");
    assert!(found.evidence.contains("ready when its process has started"), "{}", found.evidence);
}

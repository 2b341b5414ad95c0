//! What others must not notice: isolation, decoupling, fairness, amplification.

use brunt_reports::Judgement::{Fail, Inconclusive, Pass};
use brunt_reports::{Outcome, judge};
use brunt_scenarios::plan::{
    Amplification, Arrival, Claim, Decoupled, Effects, Fairness, Isolation, ItemsPath, JsonPath,
    KeyedCollection, Load, Plan, Ramp, RequestTarget,
};
use brunt_scenarios::timeline::{
    CheckId, EdgeRecord, EventKind, Failure, Gap, GapKind, KeySample, LedgerRecord, LoadRecord,
    Moment, Timeline, Window,
};
use brunt_scenarios::units::Percent;

use crate::fixture::{event, judged, load, only, percent, plan, secs, timeline, window};

fn isolation(at_least: &str) -> Plan {
    let (of, down) = ("orders".to_owned(), vec!["product".to_owned()]);
    plan(vec![Claim::Isolation(Isolation { of, down, at_least: percent(at_least) })])
}

fn second(start: f64, failed: u64) -> Window {
    window(start, 100 - failed, &[(Failure::Status(503), failed)], &[(2_000, 100)])
}

fn seconds(failed: [u64; 6]) -> Timeline {
    let windows = failed.iter().enumerate().map(|(start, failed)| second(start as f64, *failed));
    Timeline { loads: vec![load(windows.collect())], ..timeline() }
}

#[test]
fn isolation_counts_only_the_time_in_which_the_other_service_is_down() {
    assert_eq!(judged(&isolation("100%"), &seconds([9, 9, 0, 0, 0, 9]), "isolation"), Pass);
    assert_eq!(judged(&isolation("100%"), &seconds([0, 0, 0, 1, 0, 0]), "isolation"), Fail);
    assert_eq!(
        judged(&isolation("100%"), &seconds([0, 0, 0, 0, 1, 0]), "isolation"),
        Fail,
        "it is down in part"
    );
    assert_eq!(judged(&isolation("90%"), &seconds([0, 0, 5, 5, 5, 0]), "isolation"), Pass);
    let found = only(&isolation("100%"), &seconds([0; 6]), "isolation");
    assert!(
        found.evidence.starts_with("Product was down from 2.0s to 4.7s."),
        "{}",
        found.evidence
    );
}

#[test]
fn isolation_from_a_service_that_was_never_down_is_inconclusive() {
    let up =
        Timeline { events: vec![event(-1.0, "product", 1, EventKind::Ready)], ..seconds([0; 6]) };
    assert_eq!(judged(&isolation("100%"), &up, "isolation"), Inconclusive);
    let silent = Timeline { loads: vec![load(vec![second(0.0, 0)])], ..timeline() };
    assert_eq!(judged(&isolation("100%"), &silent, "isolation"), Inconclusive);
    let none = Timeline { loads: vec![], ..timeline() };
    assert_eq!(judged(&isolation("100%"), &none, "isolation"), Inconclusive);
}

#[test]
fn a_frozen_service_is_down_and_so_is_one_that_never_comes_back() {
    let frozen = vec![
        event(-1.0, "product", 1, EventKind::Ready),
        event(2.0, "product", 1, EventKind::Paused),
        event(4.0, "product", 1, EventKind::Resumed),
    ];
    let frozen = Timeline { events: frozen.clone(), ..seconds([0, 0, 0, 1, 0, 0]) };
    assert_eq!(judged(&isolation("100%"), &frozen, "isolation"), Fail);
    let gone = Timeline { events: frozen.events[..2].to_vec(), ..seconds([0, 0, 0, 0, 0, 1]) };
    assert_eq!(judged(&isolation("100%"), &gone, "isolation"), Fail);
}

fn path(text: &str) -> JsonPath {
    JsonPath::parse(text).expect("a path")
}

fn decoupled() -> Plan {
    let target = RequestTarget { service: "order".to_owned(), path: "/orders".to_owned() };
    plan(vec![Claim::Decoupled(Decoupled {
        service: "product".to_owned(),
        of: "orders".to_owned(),
        at_least: Percent::ALL,
        effects: Effects {
            rows: KeyedCollection {
                target,
                items: ItemsPath::Each(path("$[*]")),
                key: path("$.id"),
            },
            json: vec![],
        },
        within: secs(5),
    })])
}

fn effects(unfinished: u64, trouble: Option<&str>) -> LedgerRecord {
    let keys = |count| KeySample { count, some: vec![] };
    LedgerRecord {
        check: CheckId(0),
        accepted: 600,
        unknown: 0,
        effects: 600,
        missing: keys(0),
        unfinished: keys(unfinished),
        repeated: keys(0),
        unasked: keys(0),
        objection: None,
        earlier_trouble: None,
        after: 1.0,
        trouble: trouble.map(str::to_owned),
    }
}

#[test]
fn decoupled_commands_are_accepted_meanwhile_and_complete_later() {
    let run = |record: Option<LedgerRecord>| Timeline {
        ledgers: record.into_iter().collect(),
        ..seconds([0; 6])
    };
    let good = run(Some(effects(0, None)));
    assert_eq!(judged(&decoupled(), &good, "decoupled.accepted"), Pass);
    assert_eq!(judged(&decoupled(), &good, "decoupled.completed"), Pass);
    assert_eq!(judged(&decoupled(), &run(Some(effects(2, None))), "decoupled.completed"), Fail);
    assert_eq!(
        judged(&decoupled(), &run(Some(effects(0, Some("503")))), "decoupled.completed"),
        Inconclusive
    );
    assert_eq!(judged(&decoupled(), &run(None), "decoupled.completed"), Inconclusive);
    let refused = Timeline { ledgers: vec![effects(0, None)], ..seconds([0, 0, 0, 3, 0, 0]) };
    assert_eq!(judged(&decoupled(), &refused, "decoupled.accepted"), Fail);
}

/// Ten calm seconds, then ten in which `flood` comes at ten times its rate.
fn fairness() -> Plan {
    let (of, meanwhile) = (vec!["orders".to_owned()], Some("flood".to_owned()));
    let mut plan = plan(vec![Claim::Fairness(Fairness { of, meanwhile, slower: 0.2 })]);
    let ramps = vec![
        Ramp { from: 10.0, to: 10.0, lasts: secs(10) },
        Ramp { from: 100.0, to: 100.0, lasts: secs(10) },
    ];
    let flood = Load {
        name: "flood".to_owned(),
        arrival: Arrival::Open { ramps },
        ..plan.loads[0].clone()
    };
    plan.loads.push(flood);
    plan
}

/// A load's seconds, with latencies and failures that change after ten of them.
fn changing(name: &str, micros: [u64; 2], failed: [u64; 2]) -> LoadRecord {
    let windows = (0..20_u64).map(|second| {
        let half = usize::from(second >= 10);
        // A little restlessness, so that there is something to tell from.
        let micros = micros[half] + second % 3 * 100;
        let failures = [(Failure::Status(503), failed[half])];
        window(second as f64, 100 - failed[half], &failures, &[(micros, 100)])
    });
    LoadRecord { name: name.to_owned(), ..load(windows.collect()) }
}

fn half(flood: LoadRecord, orders: LoadRecord) -> Timeline {
    Timeline { loads: vec![orders, flood], faults: vec![], ..timeline() }
}

#[test]
fn fairness_compares_the_other_loads_with_the_time_before_the_overload() {
    let flooded = || changing("flood", [5_000, 5_000], [0, 60]);
    let same = half(flooded(), changing("orders", [20_000, 20_000], [0, 0]));
    assert_eq!(judged(&fairness(), &same, "fairness.p99"), Pass);
    let slow = half(flooded(), changing("orders", [20_000, 60_000], [0, 0]));
    assert_eq!(judged(&fairness(), &slow, "fairness.p99"), Fail);
    let failing = half(flooded(), changing("orders", [20_000, 20_000], [0, 5]));
    assert_eq!(
        judged(&fairness(), &failing, "fairness.failures"),
        Fail,
        "failing fast is no fairness"
    );
}

#[test]
fn fairness_without_an_overload_is_inconclusive() {
    let orders = || changing("orders", [20_000, 20_000], [0, 0]);
    let bored = half(changing("flood", [5_000, 5_000], [0, 0]), orders());
    assert_eq!(judged(&fairness(), &bored, "fairness.p99"), Inconclusive);
    let unrecorded = Timeline { loads: vec![orders()], faults: vec![], ..timeline() };
    assert_eq!(judged(&fairness(), &unrecorded, "fairness.p99"), Inconclusive);
    let neither = Timeline { loads: vec![], ..timeline() };
    let found = judge(&fairness(), &neither).findings;
    assert!(found.iter().all(|finding| finding.judgement == Inconclusive), "{found:?}");
}

#[test]
fn fairness_of_a_short_run_is_inconclusive() {
    let mut run = half(
        changing("flood", [5_000, 5_000], [0, 60]),
        changing("orders", [20_000, 20_000], [0, 0]),
    );
    run.loads.iter_mut().for_each(|load| drop(load.windows.drain(4..16)));
    assert_eq!(judged(&fairness(), &run, "fairness.p99"), Inconclusive);
}

#[test]
fn amplification_counts_retries_for_each_request() {
    let (of, from, to) = ("orders".to_owned(), "order".to_owned(), "product".to_owned());
    let plan = plan(vec![Claim::Amplification(Amplification { of, from, to, at_most: 1.2 })]);
    let calls = |requests| Timeline {
        edges: vec![EdgeRecord {
            from: Some("order".to_owned()),
            to: "product".to_owned(),
            requests,
            reached: requests,
            faulted: 0,
            ..EdgeRecord::default()
        }],
        ..seconds([0; 6])
    };
    assert_eq!(judged(&plan, &calls(720), "amplification"), Pass);
    assert_eq!(judged(&plan, &calls(721), "amplification"), Fail);
    assert_eq!(judged(&plan, &calls(0), "amplification"), Inconclusive);
    // Whose calls they were is not known with another load that leads there.
    let mut two = plan.clone();
    two.loads.push(Load { name: "visits".to_owned(), ..two.loads[0].clone() });
    assert_eq!(judged(&two, &calls(721), "amplification"), Fail, "visits go to the gateway alone");
    two.system.services["gateway"].calls = [("order".to_owned(), [].into())].into();
    let found = only(&two, &calls(721), "amplification");
    assert_eq!(found.judgement, Inconclusive);
    assert!(found.evidence.contains("some of them: load visits."), "{}", found.evidence);
    assert_eq!(judged(&two, &calls(720), "amplification"), Pass);
    let mut opaque = calls(100);
    opaque.edges[0].opaque_connections = 1;
    assert_eq!(judged(&plan, &opaque, "amplification"), Inconclusive, "who knows what it carried");
    assert_eq!(
        judged(&plan, &Timeline { edges: vec![], ..calls(1) }, "amplification"),
        Inconclusive
    );
    assert_eq!(
        judged(&plan, &Timeline { loads: vec![], ..calls(1) }, "amplification"),
        Inconclusive
    );
}

#[test]
fn what_is_claimed_of_the_time_in_which_a_service_was_down_needs_that_time_to_be_seen() {
    let unseen = Gap {
        from: Moment(2.5),
        to: Some(Moment(3.0)),
        what: "the watch of pods was closed".to_owned(),
        kind: GapKind::Unseen,
    };
    let seen = Timeline { ledgers: vec![effects(0, None)], ..seconds([0; 6]) };
    let blind = Timeline { gaps: vec![unseen], ..seen.clone() };
    for plan in [isolation("100%"), decoupled()] {
        assert_eq!(judge(&plan, &seen).outcome, Outcome::Pass);
        assert_eq!(judge(&plan, &blind).outcome, Outcome::Inconclusive);
        assert_eq!(judged(&plan, &blind, "observation"), Inconclusive);
    }
}

//! A circuit breaker's way through its states, and how fast it fails.

use brunt_reports::Judgement::{self, Fail, Inconclusive, Pass};
use brunt_scenarios::plan::BreakerState::{self, Closed, HalfOpen, Off, Open};
use brunt_scenarios::plan::{Breaker, Claim, Plan};
use brunt_scenarios::timeline::{
    BreakerRecord, BreakerSpan, CheckId, Failure, LoadRecord, Moment, Timeline,
};

use crate::fixture::{judged, load, only, plan, timeline, window};

fn claim() -> Plan {
    plan(vec![Claim::Breaker(Breaker {
        caller: "gateway".to_owned(),
        callee: "order".to_owned(),
        name: "order".to_owned(),
        metrics: "/metrics".to_owned(),
        path: vec![Closed, Open, HalfOpen, Closed],
        fails_fast: Some(("orders".to_owned(), std::time::Duration::from_millis(50))),
    })])
}

/// Spans of a second each, with so many calls between one and the next.
fn spans(states: &[(BreakerState, u64)]) -> Vec<BreakerSpan> {
    let span = |(place, (state, before)): (usize, &(BreakerState, u64))| BreakerSpan {
        replica: 1,
        state: *state,
        from: Moment(place as f64),
        to: Moment(place as f64 + 1.0),
        before: *before,
        calls: 3,
    };
    states.iter().enumerate().map(span).collect()
}

fn unread() -> BreakerRecord {
    let (caller, callee) = ("order".to_owned(), "payment".to_owned());
    BreakerRecord { check: CheckId(0), caller, callee, spans: vec![], readings: 0, trouble: None }
}

fn run(spans: Vec<BreakerSpan>) -> Timeline {
    let record = BreakerRecord { readings: spans.len() as u64 * 20, spans, ..unread() };
    Timeline { breakers: vec![record], ..timeline() }
}

fn path(states: &[(BreakerState, u64)]) -> Judgement {
    judged(&claim(), &run(spans(states)), "breaker.path")
}

#[test]
fn a_breaker_must_pass_all_states_in_order() {
    assert_eq!(path(&[(Closed, 0), (Open, 9), (HalfOpen, 2), (Closed, 2)]), Pass);
    let again = [(Closed, 0), (Open, 9), (HalfOpen, 2), (Open, 2), (HalfOpen, 2), (Closed, 0)];
    assert_eq!(path(&again), Pass, "a trial that failed comes in between");
    assert_eq!(path(&[(Closed, 0)]), Fail);
    assert_eq!(path(&[(Off, 0)]), Fail, "it is there and does nothing");
    assert_eq!(path(&again[..4]), Fail, "it is still open at the end");
    assert_eq!(path(&[(Open, 0), (HalfOpen, 1), (Closed, 1)]), Fail, "it was open from the start");
}

#[test]
fn a_half_open_state_between_two_readings_is_seen_by_its_calls() {
    assert_eq!(path(&[(Closed, 0), (Open, 9), (Closed, 5)]), Pass);
    assert_eq!(path(&[(Closed, 0), (Open, 9), (Closed, 0)]), Fail);
}

#[test]
fn one_replica_whose_breaker_passes_all_states_is_enough() {
    let mut both = spans(&[(Closed, 0), (Open, 9), (HalfOpen, 2), (Closed, 2)]);
    both.push(BreakerSpan { replica: 2, ..spans(&[(Closed, 0)]).remove(0) });
    assert_eq!(judged(&claim(), &run(both), "breaker.path"), Pass);
}

#[test]
fn a_breaker_without_readings_is_inconclusive() {
    let none = Timeline { breakers: vec![], ..timeline() };
    let trouble = Some("its metrics answered 404".to_owned());
    let silent = BreakerRecord { trouble, ..unread() };
    let silent = Timeline { breakers: vec![silent], ..timeline() };
    for timeline in [none, run(vec![]), silent.clone()] {
        assert_eq!(judged(&claim(), &timeline, "breaker.path"), Inconclusive);
        assert_eq!(judged(&claim(), &timeline, "breaker.failsFast"), Inconclusive);
    }
    assert!(only(&claim(), &silent, "breaker.path").evidence.contains("404"));
}

fn fast(loads: Vec<LoadRecord>) -> Judgement {
    let states = [(Closed, 0), (Open, 9), (Open, 0), (HalfOpen, 2), (Closed, 2)];
    judged(&claim(), &Timeline { loads, ..run(spans(&states)) }, "breaker.failsFast")
}

#[test]
fn replies_must_be_fast_while_a_breaker_is_open() {
    let refused = Failure::Status(503);
    let slow = window(0.0, 100, &[], &[(2_000_000, 100)]);
    let quick = window(1.0, 0, &[(refused, 100)], &[(900, 100)]);
    let sluggish = window(1.0, 0, &[(refused, 100)], &[(900, 80), (500_000, 20)]);
    let few = window(1.0, 0, &[(refused, 9)], &[(900, 9)]);
    assert_eq!(
        fast(vec![load(vec![slow.clone(), quick])]),
        Pass,
        "what is slow comes before it is open"
    );
    assert_eq!(fast(vec![load(vec![slow.clone(), sluggish])]), Fail);
    assert_eq!(fast(vec![load(vec![slow.clone(), few])]), Inconclusive);
    assert_eq!(fast(vec![load(vec![slow])]), Inconclusive, "no request while it was open");
    assert_eq!(fast(vec![]), Inconclusive);
}

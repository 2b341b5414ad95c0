//! Autoscalers.

use brunt_reports::Judgement::{self, Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{Claim, Plan, ScalesIn, ScalesOut};
use brunt_scenarios::timeline::{Event, EventKind, Moment, ScalerRecord, Timeline};

use crate::fixture::{event, judged, plan, secs, timeline};

fn hpa() -> Plan {
    plan(vec![Claim::ScalesOut(ScalesOut {
        service: "order".to_owned(),
        reaches: 3,
        within: secs(4),
    })])
}

/// One replica from the start, and more that get ready at these times.
fn ready(at: &[f64], ended: f64) -> Timeline {
    let first = event(-1.0, "order", 1, EventKind::Ready);
    let more = at.iter().zip(2..).map(|(at, number)| event(*at, "order", number, EventKind::Ready));
    Timeline {
        events: std::iter::once(first).chain(more).collect(),
        ended: Moment(ended),
        ..timeline()
    }
}

fn scaled(to: &[u32]) -> Timeline {
    let steps = to.iter().zip(1..).map(|(replicas, at)| Event {
        at: Moment(f64::from(at)),
        service: "order".to_owned(),
        replica: None,
        what: EventKind::Scaled { replicas: *replicas },
    });
    Timeline { events: steps.collect(), ..timeline() }
}

fn reaches(timeline: &Timeline) -> Judgement {
    judged(&hpa(), timeline, "hpa.reaches")
}

#[test]
fn an_autoscaler_must_have_enough_replicas_ready_in_time() {
    assert_eq!(reaches(&ready(&[2.0, 4.0], 9.0)), Pass);
    assert_eq!(reaches(&ready(&[2.0, 4.1], 9.0)), Fail, "too late");
    assert_eq!(reaches(&ready(&[2.0], 9.0)), Fail, "never");
    assert_eq!(reaches(&ready(&[2.0], 3.0)), Inconclusive, "the run was over before the bound");
    assert_eq!(reaches(&ready(&[-0.5, -0.4], 9.0)), Inconclusive, "there already");
    assert_eq!(reaches(&Timeline { events: vec![], ..timeline() }), Inconclusive, "never seen");
}

#[test]
fn an_autoscaler_that_cannot_decide_is_inconclusive() {
    let scaler = |service: &str, trouble: Option<&str>| ScalerRecord {
        service: service.to_owned(),
        trouble: trouble.map(str::to_owned),
    };
    let with = |scaler| Timeline { scalers: vec![scaler], ..ready(&[2.0], 9.0) };
    assert_eq!(reaches(&with(scaler("order", Some("no metrics")))), Inconclusive);
    assert_eq!(reaches(&with(scaler("stock", Some("no metrics")))), Fail, "another one");
    assert_eq!(reaches(&with(scaler("order", None))), Fail);
    let enough =
        Timeline { scalers: vec![scaler("order", Some("no metrics"))], ..ready(&[2.0, 3.0], 9.0) };
    assert_eq!(reaches(&enough), Pass, "it decided before");
}

#[test]
fn an_autoscaler_that_flaps_fails() {
    let judged = |to: &[u32]| judged(&hpa(), &scaled(to), "hpa.noFlapping");
    assert_eq!(judged(&[2, 5, 10]), Pass);
    assert_eq!(judged(&[2, 5, 3, 1]), Pass);
    assert_eq!(judged(&[2, 5, 3, 4]), Fail);
    assert_eq!(judged(&[]), Inconclusive);
}

/// A second replica comes at 2 s, and goes at this time.
fn goes(at: Option<f64>, ended: f64) -> Timeline {
    let mut timeline = ready(&[2.0], ended);
    timeline.events.extend(at.map(|at| event(at, "order", 2, EventKind::NotReady)));
    timeline
}

#[test]
fn an_autoscaler_must_scale_in_in_time_after_the_load() {
    let claim = Claim::ScalesIn(ScalesIn {
        service: "order".to_owned(),
        to: 1,
        from: secs(10),
        within: secs(5),
    });
    let judged = |timeline: &Timeline| judged(&plan(vec![claim.clone()]), timeline, "hpa.returns");
    assert_eq!(judged(&goes(Some(14.0), 20.0)), Pass);
    assert_eq!(judged(&goes(Some(16.0), 20.0)), Fail, "too late");
    assert_eq!(judged(&goes(None, 20.0)), Fail, "never");
    assert_eq!(judged(&goes(None, 12.0)), Inconclusive, "the run was over before the bound");
    assert_eq!(judged(&ready(&[], 20.0)), Inconclusive, "never out");
}

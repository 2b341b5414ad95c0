//! Times in which services, or calls between them, were not seen.

use brunt_reports::Judgement::Inconclusive;
use brunt_reports::{Outcome, judge};
use brunt_scenarios::plan::{Availability, Claim, During, EdgeFault, FaultKind, Plan};
use brunt_scenarios::timeline::{Failure, Gap, GapKind, Moment, Timeline};

use crate::fixture::{judged, load, percent, plan, timeline, window};

/// A claim that rests on no event.
fn available() -> Plan {
    let (of, at_least) = ("orders".to_owned(), percent("99%"));
    plan(vec![Claim::Availability(Availability { of, at_least, during: During::Run })])
}

fn run(failed: u64, gaps: &[GapKind]) -> Timeline {
    let gap = |kind: &GapKind| Gap {
        from: Moment(1.0),
        to: None,
        what: "the edge proxy before stock did not answer".to_owned(),
        kind: *kind,
    };
    let failures = [(Failure::Status(503), failed)];
    let one = window(0.0, 1_000 - failed, &failures, &[(2_000, 1_000)]);
    let gaps = gaps.iter().map(gap).collect();
    Timeline { loads: vec![load(vec![one])], gaps, ..timeline() }
}

fn outcome(plan: &Plan, failed: u64, gaps: &[GapKind]) -> Outcome {
    judge(plan, &run(failed, gaps)).outcome
}

#[test]
fn a_proxy_that_was_lost_leaves_a_run_open_whatever_else_it_shows() {
    let plan = available();
    assert_eq!(outcome(&plan, 900, &[]), Outcome::Fail);
    assert_eq!(outcome(&plan, 900, &[GapKind::Unseen]), Outcome::Fail);
    assert_eq!(outcome(&plan, 900, &[GapKind::Unseen, GapKind::ProxyLost]), Outcome::Inconclusive);
    assert_eq!(outcome(&plan, 0, &[GapKind::ProxyLost]), Outcome::Inconclusive);
    assert_eq!(judged(&plan, &run(900, &[GapKind::ProxyLost]), "observation"), Inconclusive);
    let mut before = run(900, &[GapKind::ProxyLost]);
    (before.gaps[0].from, before.gaps[0].to) = (Moment(-2.0), Some(Moment(-1.0)));
    assert_eq!(judge(&plan, &before).outcome, Outcome::Fail, "it was over before the load");
}

#[test]
fn requests_that_went_past_a_proxy_leave_a_run_with_a_fault_on_an_edge_open() {
    let mut plan = available();
    assert_eq!(outcome(&plan, 0, &[GapKind::Bypassed]), Outcome::Pass, "nothing rests on edges");
    plan.faults[0].kind =
        FaultKind::Edge { from: "order".to_owned(), to: "stock".to_owned(), fault: EdgeFault::Cut };
    assert_eq!(judged(&plan, &run(0, &[GapKind::Bypassed]), "observation"), Inconclusive);
    assert_eq!(outcome(&plan, 900, &[GapKind::Bypassed]), Outcome::Fail, "the system failed");
}

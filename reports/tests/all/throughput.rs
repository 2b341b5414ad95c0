//! Throughput: the rate of good replies, and whether the load asked for it.

use brunt_reports::Judgement::{self, Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{Arrival, Claim, During, Plan, Ramp, Throughput};
use brunt_scenarios::timeline::{Failure, Schedule, Timeline};

use crate::fixture::{load, only, plan, secs, timeline, window};

fn claim(at_least: &str, during: During) -> Plan {
    let at_least = at_least.parse().expect("a rate");
    let of = "orders".to_owned();
    plan(vec![Claim::Throughput(Throughput { of, at_least, during })])
}

/// The same with arrivals on a schedule.
fn open(at_least: &str, rate: f64, during: During) -> Plan {
    let mut plan = claim(at_least, during);
    let ramps = vec![Ramp { from: rate, to: rate, lasts: secs(6) }];
    plan.loads[0].arrival = Arrival::Open { ramps };
    plan
}

/// Six seconds with a fault from 2 s to 4 s: so many good replies of so many in each.
fn served(each: [(u64, u64); 6]) -> Timeline {
    let windows = each.iter().enumerate().map(|(second, (good, all))| {
        window(second as f64, *good, &[(Failure::Timeout, all - good)], &[])
    });
    Timeline { loads: vec![load(windows.collect())], ..timeline() }
}

fn found(plan: &Plan, timeline: &Timeline) -> (Judgement, String, String) {
    let found = only(plan, timeline, "throughput");
    (found.judgement, found.measured, found.evidence)
}

#[test]
fn the_rate_of_good_replies_is_held_against_the_claim_in_its_part_of_the_run() {
    let run = served([(50, 50), (50, 50), (30, 50), (20, 50), (50, 50), (50, 50)]);
    let of = |at_least: &str, during| found(&open(at_least, 50.0, during), &run);
    assert_eq!(of("50/s", During::Before).0, Pass);
    assert_eq!(of("25/s", During::Faults).0, Pass);
    let (judgement, measured, evidence) = of("45/s", During::Faults);
    assert_eq!((judgement, measured.as_str()), (Fail, "25.0/s"));
    assert_eq!(evidence, "100 requests in 2s, 50 of them good.");
    assert_eq!(of("50/s", During::After).0, Pass);
    assert_eq!(of("45/s", During::Run), {
        let evidence = "300 requests in 6s, 250 of them good.".to_owned();
        (Fail, "41.7/s".to_owned(), evidence)
    });
}

#[test]
fn a_rate_that_the_load_never_asked_for_is_inconclusive() {
    let run = served([(30, 30); 6]);
    let (judgement, _, evidence) = found(&open("45/s", 30.0, During::Run), &run);
    assert_eq!(judgement, Inconclusive);
    assert!(evidence.ends_with("The load itself asked for no more than 30.0/s."), "{evidence}");
    // Two users who think half a second between two requests make four requests a second at most.
    let (judgement, _, evidence) = found(&claim("45/s", During::Run), &run);
    assert_eq!(judgement, Inconclusive);
    assert!(evidence.ends_with("asked for no more than 4.0/s."), "{evidence}");
    let mut busy = claim("45/s", During::Run);
    busy.loads[0].arrival = Arrival::Closed { users: 2, think: (secs(0), secs(0)) };
    assert_eq!(found(&busy, &run).0, Fail, "users who never pause ask for all that they can get");
}

#[test]
fn time_without_any_request_counts_and_the_warm_up_does_not() {
    let mut stalled = claim("20/s", During::Run);
    stalled.loads[0].arrival = Arrival::Closed { users: 2, think: (secs(0), secs(0)) };
    let mut run = served([(40, 40), (40, 40), (0, 0), (0, 0), (0, 0), (0, 0)]);
    run.loads[0].windows.truncate(2);
    assert_eq!(found(&stalled, &run).1, "13.3/s", "no window is recorded after the last request");
    let mut warm = open("40/s", 40.0, During::Run);
    warm.loads[0].warm_up = secs(2);
    let run = served([(0, 0), (0, 0), (40, 40), (40, 40), (40, 40), (40, 40)]);
    assert_eq!(found(&warm, &run).0, Pass);
}

#[test]
fn a_rate_of_less_than_one_reply_is_not_reached_without_any() {
    let run = served([(0, 1), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)]);
    assert_eq!(found(&open("0.1/s", 0.2, During::Run), &run).0, Fail);
    let run = served([(1, 1), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)]);
    assert_eq!(found(&open("0.1/s", 0.2, During::Run), &run).0, Pass);
}

#[test]
fn without_requests_nothing_is_shown() {
    let plan = open("45/s", 50.0, During::Run);
    let empty = Timeline { loads: vec![], ..timeline() };
    assert_eq!(found(&plan, &empty).0, Inconclusive);
    assert_eq!(found(&plan, &served([(0, 0); 6])).0, Inconclusive);
}

#[test]
fn a_rate_that_late_users_do_not_reach_is_inconclusive() {
    let mut closed = open("45/s", 50.0, During::Run);
    closed.loads[0].arrival = Arrival::Closed { users: 2, think: (secs(0), secs(0)) };
    let late = |pairs| {
        let mut late = served(pairs);
        late.loads[0].schedule = Schedule::Missed("it was late".to_owned());
        late
    };
    assert_eq!(found(&closed, &late([(40, 40); 6])).0, Inconclusive);
    assert_eq!(found(&closed, &late([(50, 50); 6])).0, Pass, "in spite of it");
    let open = open("45/s", 50.0, During::Run);
    assert_eq!(found(&open, &late([(40, 50); 6])).0, Fail, "arrivals only come later");
}

//! The longest outage: how long none of the requests that were sent succeeded.

use std::time::Duration;

use brunt_reports::Judgement::{self, Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{Arrival, Claim, LongestOutage, Plan, Ramp};
use brunt_scenarios::timeline::{Failure, Schedule, Timeline};

use crate::fixture::{load, only, plan, secs, timeline, window};

fn claim(at_most: Duration) -> Plan {
    plan(vec![Claim::LongestOutage(LongestOutage { of: "orders".to_owned(), at_most })])
}

/// A second for each of these: so many good replies, and so many failures.
fn seconds(each: &[(u64, u64)]) -> Timeline {
    let windows = each.iter().enumerate().map(|(second, (good, failed))| {
        window(second as f64, *good, &[(Failure::Connect, *failed)], &[])
    });
    Timeline { loads: vec![load(windows.collect())], ..timeline() }
}

fn found(at_most: u64, each: &[(u64, u64)]) -> (Judgement, String) {
    let found = only(&claim(secs(at_most)), &seconds(each), "longestOutage");
    (found.judgement, found.measured)
}

#[test]
fn the_longest_of_several_outages_is_held_against_the_claim() {
    let run = [(9, 0), (0, 9), (9, 0), (0, 9), (0, 9), (0, 8), (9, 0)];
    assert_eq!(found(3, &run), (Pass, "3s".to_owned()));
    assert_eq!(found(2, &run), (Fail, "3s".to_owned()));
    let found = only(&claim(secs(2)), &seconds(&run), "longestOutage");
    assert_eq!(found.evidence, "From 3.0s on, none of 26 requests succeeded for 3s.");
}

#[test]
fn failures_beside_good_replies_may_make_an_outage_longer() {
    let run = [(9, 0), (4, 5), (0, 9), (0, 9), (5, 4), (9, 0)];
    assert_eq!(found(1, &run), (Fail, "2s to 4s".to_owned()));
    assert_eq!(found(2, &run), (Inconclusive, "2s to 4s".to_owned()));
    assert_eq!(found(3, &run).0, Inconclusive);
    assert_eq!(found(4, &run).0, Pass);
    let unsure = only(&claim(secs(2)), &seconds(&run), "longestOutage");
    assert_eq!(
        unsure.evidence,
        "From 2.0s on, none of 18 requests succeeded for 2s. It was 4s at most: in which order \
         requests of the same 1s ended is not known."
    );
    assert_eq!(found(1, &[(9, 1), (9, 1), (9, 0)]), (Inconclusive, "0s to 2s".to_owned()));
    assert_eq!(found(1, &[(9, 1), (9, 0), (9, 1)]), (Pass, "0s to 1s".to_owned()));
}

#[test]
fn a_run_without_a_failure_has_no_outage() {
    assert_eq!(found(0, &[(9, 0), (9, 0)]), (Pass, "0s".to_owned()));
}

#[test]
fn a_pause_between_failures_belongs_to_the_outage_and_one_after_them_does_not() {
    assert_eq!(found(3, &[(2, 0), (0, 2), (0, 0), (0, 0), (0, 2), (2, 0)]).1, "4s");
    assert_eq!(found(3, &[(2, 0), (0, 2), (0, 0), (0, 0), (2, 0)]).1, "1s");
}

#[test]
fn requests_in_flight_at_the_end_may_have_failed_or_not() {
    let mut run = seconds(&[(9, 0), (0, 9), (0, 0)]);
    run.loads[0].windows[2].failed = [(Failure::Unfinished, 2)].into();
    let of = |at_most| {
        let found = only(&claim(secs(at_most)), &run, "longestOutage");
        (found.judgement, found.measured)
    };
    assert_eq!(of(1), (Inconclusive, "1s to 2s".to_owned()));
    assert_eq!(of(2).0, Pass);
}

#[test]
fn without_requests_nothing_is_shown_and_what_holds_in_spite_of_lag_holds() {
    let mut plan = claim(secs(2));
    let empty = Timeline { loads: vec![], ..timeline() };
    assert_eq!(only(&plan, &empty, "longestOutage").judgement, Inconclusive);
    assert_eq!(found(2, &[(0, 0); 6]), (Inconclusive, "unknown".to_owned()));
    let ramps = vec![Ramp { from: 9.0, to: 9.0, lasts: secs(6) }];
    plan.loads[0].arrival = Arrival::Open { ramps };
    let mut late = seconds(&[(9, 0); 6]);
    late.loads[0].schedule = Schedule::Missed("it was late".to_owned());
    assert_eq!(only(&plan, &late, "longestOutage").judgement, Pass);
}

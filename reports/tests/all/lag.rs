//! A generator that was late: what holds in spite of it holds, and only what its lag may have
//! turned is open.

use std::time::Duration;

use brunt_reports::Judgement::{self, Fail, Inconclusive, Pass};
use brunt_reports::{Outcome, judge, trials};
use brunt_scenarios::plan::{
    Arrival, Availability, Claim, During, Fairness, Isolation, Latency, Plan, Quantile, Ramp, Slo,
};
use brunt_scenarios::timeline::{Failure, LoadRecord, Schedule, SparseHistogram, Timeline, Window};

use crate::fixture::{judged, load, only, percent, plan, report, secs, timeline, window};

fn open(claims: Vec<Claim>) -> Plan {
    let mut plan = plan(claims);
    plan.loads[0].arrival =
        Arrival::Open { ramps: vec![Ramp { from: 100.0, to: 100.0, lasts: secs(6) }] };
    plan
}

fn p90(limit: u64) -> Claim {
    let limits = vec![(Quantile(0.9), Duration::from_millis(limit))];
    Claim::Latency(Latency { of: "orders".to_owned(), limits, during: During::Run })
}

fn availability(at_least: &str) -> Claim {
    Claim::Availability(Availability {
        of: "orders".to_owned(),
        at_least: percent(at_least),
        during: During::Run,
    })
}

/// Six seconds with a hundred requests each: so many of them slow, in microseconds as counted and
/// from when they were sent.
fn six(slow: u64, counted: u64, from_sent: u64) -> Vec<Window> {
    let times = |time| SparseHistogram::from(vec![(2_000, 100 - slow), (time, slow)]);
    let one = |second: u32| Window {
        latency: times(counted),
        from_sent: Some(times(from_sent)),
        ..window(f64::from(second), 100, &[], &[])
    };
    (0..6).map(one).collect()
}

fn late(windows: Vec<Window>) -> Timeline {
    let schedule = Schedule::Missed("it was late".to_owned());
    Timeline { loads: vec![LoadRecord { schedule, ..load(windows) }], ..timeline() }
}

fn kept(windows: Vec<Window>) -> Timeline {
    Timeline { loads: vec![load(windows)], ..timeline() }
}

#[test]
fn a_limit_that_holds_in_spite_of_lag_holds() {
    let plan = open(vec![p90(300), availability("99%")]);
    let verdict = judge(&plan, &late(six(3, 80_000, 2_000)));
    assert_eq!(verdict.outcome, Outcome::Pass, "{:?}", verdict.findings);
}

#[test]
fn a_limit_that_only_lag_breaks_is_open_and_says_how_much_was_lag() {
    let found = only(&open(vec![p90(300)]), &late(six(40, 800_000, 9_000)), "latency.p90");
    assert_eq!((found.judgement, found.measured.as_str()), (Inconclusive, "800ms"));
    let end = "The generator itself was late, which may be why: without its lag it is 9ms.";
    assert!(found.evidence.ends_with(end), "{}", found.evidence);
}

#[test]
fn a_limit_that_is_broken_without_the_lag_as_well_fails() {
    let found = only(&open(vec![p90(300)]), &late(six(40, 800_000, 700_000)), "latency.p90");
    assert_eq!(found.judgement, Fail);
    let end = "Without the generator's own lag it is 700ms.";
    assert!(found.evidence.ends_with(end), "{}", found.evidence);
}

#[test]
fn time_from_the_intended_start_counts_while_the_schedule_is_kept() {
    let found = judged(&open(vec![p90(300)]), &kept(six(40, 800_000, 9_000)), "latency.p90");
    assert_eq!(found, Fail, "they waited for connections that the server kept busy");
}

#[test]
fn one_long_stall_is_enough_to_look_for_lag() {
    let mut stalled = kept(six(40, 2_000_000, 9_000));
    stalled.loads[0].lag = SparseHistogram::from(vec![(40, 598), (2_000_000, 2)]);
    assert_eq!(judged(&open(vec![p90(300)]), &stalled, "latency.p90"), Inconclusive);
    let closed = plan(vec![p90(300)]);
    assert_eq!(judged(&closed, &stalled, "latency.p90"), Inconclusive, "users wait in it as well");
}

/// Failures of one kind in one second of a late run; `stalled` of them were in flight while the
/// generator did not run.
fn failing(kind: Failure, count: u64, stalled: u64) -> Timeline {
    let mut windows = six(0, 2_000, 2_000);
    windows[3].ok -= count;
    windows[3].failed.insert(kind, count);
    windows[3].stalled = [(kind, stalled)].into();
    late(windows)
}

#[test]
fn failures_count_unless_the_generator_did_not_run_meanwhile() {
    let plan = open(vec![availability("100%")]);
    let of = |kind, count, stalled| judged(&plan, &failing(kind, count, stalled), "availability");
    assert_eq!(of(Failure::Status(503), 1, 0), Fail);
    assert_eq!(of(Failure::Timeout, 3, 3), Inconclusive);
    assert_eq!(of(Failure::Reset, 3, 2), Fail, "one of them is the system's own");
    assert_eq!(of(Failure::Unfinished, 3, 0), Inconclusive);
}

#[test]
fn an_error_budget_that_only_lag_overspends_is_open() {
    let slo = |spends| {
        open(vec![Claim::Slo(Slo {
            of: "orders".to_owned(),
            target: 0.9,
            within: Some(Duration::from_millis(300)),
            window: secs(6),
            spends: percent(spends),
        })])
    };
    let of = |counted, from_sent| judged(&slo("100%"), &late(six(40, counted, from_sent)), "slo");
    assert_eq!([of(800_000, 9_000), of(800_000, 700_000)], [Inconclusive, Fail]);
    assert_eq!(of(200_000, 9_000), Pass);
}

#[test]
fn a_comparison_holds_only_if_it_does_with_and_without_the_lag() {
    let claim = Fairness { of: vec!["orders".to_owned()], meanwhile: None, slower: 0.2 };
    let plan = open(vec![Claim::Fairness(claim)]);
    // Lag makes the calm seconds as slow as those of the fault.
    let mut windows: Vec<Window> = (0..60).map(|_| six(50, 200_000, 2_000).remove(0)).collect();
    for (second, window) in windows.iter_mut().enumerate() {
        window.start = second as f64;
        if (20..40).contains(&second) {
            window.from_sent = Some(window.latency.clone());
        }
    }
    let mut run = late(windows);
    run.ended.0 = 60.0;
    (run.faults[0].start.0, run.faults[0].end.0) = (20.0, 40.0);
    assert_eq!(judged(&plan, &run, "fairness.p99"), Inconclusive);
    run.loads[0].schedule = Schedule::Kept;
    assert_eq!(judged(&plan, &run, "fairness.p99"), Pass);
}

#[test]
fn a_fault_that_met_fewer_requests_than_planned_leaves_the_run_open() {
    let sent = |sent: [u64; 6]| {
        let mut windows = six(0, 2_000, 2_000);
        windows.iter_mut().zip(sent).for_each(|(window, sent)| window.sent = Some(sent));
        windows
    };
    let plan = open(vec![availability("99%")]);
    let missed = late(sent([100, 100, 20, 20, 260, 100]));
    let found = only(&plan, &missed, "fault");
    assert_eq!((found.judgement, found.measured.as_str()), (Inconclusive, "40 of 200"));
    assert_eq!(judge(&plan, &missed).outcome, Outcome::Inconclusive);
    let met = late(sent([100, 95, 98, 99, 106, 102]));
    assert_eq!(judge(&plan, &met).outcome, Outcome::Pass);
    let elsewhere = late(sent([20, 180, 100, 100, 100, 100]));
    assert_eq!(judge(&plan, &elsewhere).outcome, Outcome::Pass);
}

#[test]
fn isolation_is_no_matter_of_lag() {
    let claim = Isolation {
        of: "orders".to_owned(),
        down: vec!["product".to_owned()],
        at_least: percent("90%"),
    };
    let plan = open(vec![Claim::Isolation(claim)]);
    assert_eq!(judge(&plan, &late(six(3, 80_000, 2_000))).outcome, Outcome::Pass);
}

#[test]
fn a_generator_that_failed_says_nothing_of_the_system() {
    let plan = open(vec![availability("100%")]);
    for mut run in [failing(Failure::Connect, 40, 0), kept(six(0, 2_000, 2_000))] {
        run.loads[0].schedule =
            Schedule::Failed("no file descriptors were left for connections".to_owned());
        assert_eq!(judge(&plan, &run).outcome, Outcome::Inconclusive);
        let found = only(&plan, &run, "load");
        let why = "No file descriptors were left for connections.";
        assert!(found.evidence.starts_with(why), "{}", found.evidence);
    }
}

#[test]
fn arrivals_that_were_left_out_leave_the_run_open() {
    let mut windows = six(0, 2_000, 2_000);
    windows.iter_mut().for_each(|window| window.ok = 80);
    windows.iter_mut().for_each(|window| {
        window.latency = SparseHistogram::from(vec![(2_000, 80)]);
        window.from_sent = None;
    });
    let plan = open(vec![availability("99%")]);
    assert_eq!(judge(&plan, &late(windows)).outcome, Outcome::Inconclusive);
}

#[test]
fn thresholds_of_a_late_load_are_open() {
    let mut plan = open(vec![availability("99%")]);
    assert_eq!(judge(&plan, &late(six(0, 2_000, 2_000))).outcome, Outcome::Pass);
    plan.loads[0].thresholds = vec![brunt_scenarios::plan::Threshold::Errors(percent("1%"))];
    assert_eq!(judged(&plan, &late(six(0, 2_000, 2_000)), "load"), Inconclusive);
}

#[test]
fn requests_that_only_lag_made_slow_are_open_in_trials() {
    let plan = open(vec![p90(300)]);
    let of = |counted, from_sent| -> Judgement {
        let runs: Vec<_> =
            (0..5).map(|_| report(&plan, late(six(40, counted, from_sent)))).collect();
        trials(&plan, &runs).findings[0].judgement
    };
    assert_eq!([of(800_000, 9_000), of(800_000, 700_000)], [Inconclusive, Fail]);
}

/// Six seconds with a hundred requests each, of which so many were sent in each; all that were sent
/// in the third and fourth second were slow, whenever they were meant.
fn burst(sent: [u64; 6]) -> Timeline {
    let mut windows = six(0, 2_000, 2_000);
    windows.iter_mut().zip(sent).for_each(|(window, sent)| window.sent = Some(sent));
    for window in &mut windows[1..4] {
        let slow = SparseHistogram::from(vec![(2_500_000, 100)]);
        (window.latency, window.from_sent) = (slow.clone(), Some(slow));
    }
    late(windows)
}

#[test]
fn a_burst_of_what_is_overdue_says_nothing_of_the_system() {
    let plan = open(vec![p90(300)]);
    assert_eq!(judged(&plan, &burst([100, 0, 200, 100, 100, 100]), "latency.p90"), Inconclusive);
    assert_eq!(judged(&plan, &burst([100, 98, 102, 100, 100, 100]), "latency.p90"), Fail);
}

#[test]
fn failures_in_a_long_burst_are_open_and_those_in_a_short_one_count() {
    let plan = open(vec![availability("100%")]);
    let failing = |sent: [u64; 6]| {
        let mut run = burst(sent);
        run.loads[0].windows[2].ok -= 1;
        run.loads[0].windows[2].failed.insert(Failure::Status(503), 1);
        judged(&plan, &run, "availability")
    };
    assert_eq!(failing([100, 0, 200, 100, 100, 100]), Inconclusive);
    assert_eq!(failing([100, 75, 125, 100, 100, 100]), Fail);
}

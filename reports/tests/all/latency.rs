//! Quantiles against their limits.

use std::time::Duration;

use brunt_reports::Finding;
use brunt_reports::Judgement::{Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{Claim, During, Latency, Quantile};
use brunt_scenarios::timeline::{Failure, Timeline, Window};

use crate::fixture::{load, only, plan, timeline, window};

fn p99(limit: Duration, windows: Vec<Window>) -> Finding {
    let limits = vec![(Quantile(0.99), limit)];
    let plan = plan(vec![Claim::Latency(Latency {
        of: "orders".to_owned(),
        limits,
        during: During::Run,
    })]);
    let timeline = Timeline { loads: vec![load(windows)], ..timeline() };
    only(&plan, &timeline, "latency.p99")
}

const LIMIT: Duration = Duration::from_millis(300);

#[test]
fn a_latency_limit_passes_from_enough_fast_requests_on() {
    let fast = |n| vec![window(0.0, n, &[], &[(10_000, n)])];
    assert_eq!(p99(LIMIT, fast(299)).judgement, Pass);
    let found = p99(LIMIT, fast(298));
    assert_eq!(found.judgement, Inconclusive);
    assert!(
        found.evidence.ends_with("99% needs 299 requests, and there were 298."),
        "{}",
        found.evidence
    );
}

/// A service that fails fast may be meant; who reads the figure should know it.
#[test]
fn latencies_of_failures_are_told() {
    let refused = Failure::Status(500);
    let found = p99(LIMIT, vec![window(0.0, 0, &[(refused, 1_000)], &[(10_000, 1_000)])]);
    assert_eq!(found.judgement, Pass);
    assert!(found.evidence.contains("None of their replies was good"), "{}", found.evidence);
    let some = p99(LIMIT, vec![window(0.0, 600, &[(refused, 400)], &[(10_000, 1_000)])]);
    assert_eq!(some.judgement, Pass);
    assert!(some.evidence.contains("400 whose reply was not good"), "{}", some.evidence);
}

#[test]
fn too_many_slow_requests_fail_a_latency_limit() {
    let found = p99(LIMIT, vec![window(0.0, 1_000, &[], &[(10_000, 970), (900_000, 30)])]);
    assert_eq!((found.judgement, found.measured.as_str()), (Fail, "900ms"));
}

#[test]
fn as_many_slow_requests_as_allowed_are_inconclusive() {
    let found = p99(LIMIT, vec![window(0.0, 1_000, &[], &[(10_000, 991), (900_000, 9)])]);
    assert_eq!((found.judgement, found.measured.as_str()), (Inconclusive, "10ms"));
}

#[test]
fn unfinished_requests_count_as_slower_than_any_limit() {
    let found =
        p99(LIMIT, vec![window(0.0, 1_000, &[(Failure::Unfinished, 40)], &[(10_000, 1_000)])]);
    assert_eq!((found.judgement, found.measured.as_str()), (Fail, "unfinished"));
}

#[test]
fn timed_out_requests_count_as_slower_than_a_limit_beyond_the_timeout() {
    let beyond = Duration::from_secs(20);
    let found = p99(
        beyond,
        vec![window(0.0, 960, &[(Failure::Timeout, 40)], &[(10_000, 960), (5_000_000, 40)])],
    );
    assert_eq!(found.judgement, Fail);
    let found = p99(beyond, vec![window(0.0, 1_000, &[], &[(10_000, 960), (5_000_000, 40)])]);
    assert_eq!(found.judgement, Pass);
}

#[test]
fn requests_without_a_reply_are_named_and_have_no_latency() {
    let found =
        p99(LIMIT, vec![window(0.0, 1_000, &[(Failure::Connect, 500)], &[(10_000, 1_000)])]);
    assert_eq!(found.judgement, Pass);
    insta::assert_snapshot!(found.evidence);
}

#[test]
fn a_latency_of_one_sample_or_none_is_inconclusive() {
    assert_eq!(p99(LIMIT, vec![window(0.0, 1, &[], &[(10, 1)])]).judgement, Inconclusive);
    let none = p99(LIMIT, vec![window(0.0, 0, &[], &[])]);
    assert_eq!((none.judgement, none.measured.as_str()), (Inconclusive, "no reply"));
}

//! Timeouts, requests in flight at the end, and loads that are stopped.

use std::time::{Duration, Instant};

use brunt_loadgen::{Bound, StartError, start};
use brunt_scenarios::timeline::{Failure, Schedule};

use crate::jobs::{adds_up, closed, failed, latency, open, run};
use crate::server::{Act, Server, ok};

#[test]
fn a_request_that_takes_too_long_is_counted_with_the_time_it_waited() {
    let server = Server::start(|_| Act::Hold);
    let mut job = closed(&server, 3, 2);
    job.timeout = Duration::from_millis(100);
    let outcome = run(job);
    assert_eq!(failed(&outcome, Failure::Timeout), 6);
    assert_eq!(outcome.record.unknown, 6);
    assert!(latency(&outcome).quantile(0.0).unwrap() >= 100_000);
    assert_eq!(outcome.totals.replies, 0);
}

#[test]
fn what_is_in_flight_at_the_end_is_waited_for_and_then_counted() {
    let server = Server::start(|_| Act::Hold);
    let mut job = closed(&server, 3, 1);
    job.bound = Bound::Time(Duration::from_millis(100));
    job.drain = Duration::from_millis(100);
    let outcome = run(job);
    assert_eq!(failed(&outcome, Failure::Unfinished), 3);
    assert_eq!(outcome.record.unknown, 3);
    // Users start when their thread gets to them, a little after the origin.
    assert!(latency(&outcome).quantile(0.0).unwrap() >= 100_000);
    assert!(outcome.elapsed < Duration::from_secs(5), "{:?}", outcome.elapsed);
}

#[test]
fn a_reply_within_the_drain_is_a_reply() {
    let start = Instant::now();
    let server = Server::start(move |_| Act::SendAt(start + Duration::from_millis(300), ok("")));
    let mut job = closed(&server, 1, 1);
    job.bound = Bound::Time(Duration::from_millis(100));
    assert_eq!(run(job).totals.ok, 1);
}

#[test]
fn arrivals_that_never_got_a_connection_are_counted_but_not_as_sent() {
    let server = Server::start(|_| Act::Hold);
    let mut job = open(&server, 100.0, Duration::from_millis(300));
    job.connections = 2;
    job.drain = Duration::from_millis(50);
    let outcome = run(job);
    assert_eq!(failed(&outcome, Failure::Unfinished), 30);
    assert_eq!(outcome.record.unknown, 2);
    assert_eq!(latency(&outcome).len(), 30);
    assert_eq!(outcome.record.lag.len(), 2);
    // The server is to blame, not the generator.
    assert_eq!(outcome.record.schedule, Schedule::Kept);
}

#[test]
fn a_load_can_be_watched_and_stopped() {
    let server = Server::well();
    let mut job = open(&server, 200.0, Duration::from_secs(600));
    job.name = "long".to_owned();
    let running = start(vec![job, closed(&server, 1, 3)], Instant::now(), 2).unwrap();
    let bound = Instant::now() + Duration::from_secs(20);
    let seen = loop {
        let snapshot = running.snapshot();
        let seconds = snapshot.loads[0].second.ok > 0 && snapshot.loads[1].over;
        if seconds || Instant::now() > bound {
            break snapshot;
        }
        std::thread::yield_now();
    };
    assert_eq!((seen.loads[0].name.as_str(), seen.loads[1].totals.ok), ("long", 3));
    assert!(seen.loads[0].second.quantile(0.99).is_some() && !seen.loads[0].over);
    assert_eq!(seen.loads[0].second.error_rate(), Some(0.0));
    let stopped = Instant::now();
    running.stop();
    let outcomes = running.outcomes();
    assert!(stopped.elapsed() < Duration::from_secs(10));
    outcomes.iter().for_each(adds_up);
    assert_eq!(outcomes[0].totals.ok, outcomes[0].totals.requests());
    assert_eq!(server.requests(), outcomes[0].totals.ok + 3);
}

#[test]
fn a_load_begins_at_its_origin() {
    let server = Server::well();
    let origin = Instant::now() + Duration::from_millis(200);
    let running = start(vec![closed(&server, 1, 1)], origin, 1).unwrap();
    assert!(running.snapshot().at < 0.0);
    let record = running.finish().pop().unwrap();
    assert!(Instant::now() >= origin);
    assert_eq!((record.windows.len(), record.windows[0].ok), (1, 1));
}

#[test]
fn an_overloaded_generator_is_reported() {
    let server = Server::well();
    let mut job = open(&server, 300_000.0, Duration::from_secs(2));
    job.connections = 256;
    job.drain = Duration::from_millis(10);
    // Where others have most of the processors it may be the server that cannot do more, and then
    // the generator is right.
    let tells = |_| matches!(run(job.clone()).record.schedule, Schedule::Missed(_));
    assert!((0..5).any(tells));
}

#[test]
fn invalid_jobs_do_not_start() {
    let server = Server::well();
    let error = |change: fn(&mut brunt_loadgen::Job)| {
        let mut job = open(&server, 1.0, Duration::from_secs(1));
        change(&mut job);
        start(vec![job], Instant::now(), 1).expect_err("must not start").to_string()
    };
    let errors = [
        error(|job| job.requests.clear()),
        error(|job| job.connections = 0),
        error(|job| job.bound = Bound::Repetitions(1)),
        error(|job| job.requests[0].path = "no/slash".to_owned()),
        error(|job| job.requests[0].headers.push(("a b".to_owned(), String::new()))),
    ];
    insta::assert_snapshot!(errors.join("\n"));
    assert!(matches!(start(Vec::new(), Instant::now(), 1), Err(StartError::Nothing)));
}

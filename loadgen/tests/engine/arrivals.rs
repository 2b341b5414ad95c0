//! Both models send what they are to send, when they are to send it.

use std::time::{Duration, Instant};

use brunt_loadgen::{Job, RequestOrder, Reuse};
use brunt_scenarios::plan::{ExpectedResponse, JsonPath};
use brunt_scenarios::timeline::Failure;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

use crate::jobs::{closed, failed, latency, open, request, run};
use crate::server::{Act, Server, ok, reply};

#[test]
fn closed_users_make_their_repetitions_on_a_connection_each() {
    let server = Server::well();
    let outcome = run(closed(&server, 5, 20));
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (100, 0));
    assert_eq!((server.requests(), server.connections()), (100, 5));
    assert_eq!(outcome.totals.bytes, 500);
    assert_eq!(outcome.record.lag.len(), 100);
}

#[test]
fn closed_users_think_between_requests() {
    let server = Server::well();
    let mut job = closed(&server, 4, 6);
    let think = Duration::from_millis(20);
    job.arrival = brunt_scenarios::plan::Arrival::Closed { users: 4, think: (think, think) };
    let outcome = run(job);
    assert_eq!(outcome.totals.ok, 24);
    assert!(outcome.elapsed >= think * 6, "{:?}", outcome.elapsed);
    // Thinking is not latency.
    assert!(latency(&outcome).quantile(0.5).unwrap() < 20_000);
}

#[test]
fn without_reuse_each_request_has_its_connection() {
    let server = Server::start(|_| Act::SendAndClose(ok("x")));
    let mut job = closed(&server, 2, 5);
    job.reuse = Reuse::No;
    let outcome = run(job);
    assert_eq!((outcome.totals.ok, server.connections()), (10, 10));
}

#[test]
fn requests_come_in_turn_and_users_start_spread() {
    let server = Server::well();
    let mut job = closed(&server, 3, 1);
    job.requests =
        ["/a", "/b", "/c"].map(|path| request(&server, http::Method::GET, path)).to_vec();
    let (tell, told) = std::sync::mpsc::sync_channel(100);
    job.observer = Some(tell);
    run(job.clone());
    job.observer = None;
    job.order = RequestOrder::Random;
    run(job);
    let mut seen: Vec<_> = told.iter().map(|hit| (hit.request, hit.status, hit.length)).collect();
    seen.sort();
    assert_eq!(seen, [(0, Some(200), 5), (1, Some(200), 5), (2, Some(200), 5)]);
}

/// Processor time of this process.
fn used() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(used.tv_sec.try_into().unwrap(), used.tv_nsec.try_into().unwrap())
}

#[test]
fn an_open_load_sends_each_arrival_once() {
    for spin in [false, true] {
        let server = Server::well();
        let before = used();
        let outcome = run(Job { spin, ..open(&server, 500.0, Duration::from_secs(1)) });
        // Two threads that never sleep; on a machine with others they get at least a part of that.
        assert!(!spin || used() - before > Duration::from_millis(200));
        assert_eq!((outcome.totals.ok, outcome.totals.failures()), (500, 0));
        assert_eq!(server.requests(), 500);
        let record = &outcome.record;
        assert_eq!((record.window, record.windows.len()), (0.25, 4));
        assert!(record.windows.iter().all(|window| window.ok == 125), "{:?}", record.windows);
    }
}

/// 200 arrivals a second for 2 s, and a server that answers nothing from 0.5 s to 1.5 s: half of
/// the requests are quick, the others wait for between 1 s and nothing. A count from the
/// sending misses most of it.
fn frozen(connections: usize) {
    let start = Instant::now();
    let (from, to) = (start + Duration::from_millis(500), start + Duration::from_millis(1500));
    let server = Server::start(move |_| match Instant::now() {
        now if (from..to).contains(&now) => Act::SendAt(to, ok("")),
        _ => Act::Send(ok("")),
    });
    let mut job = open(&server, 200.0, Duration::from_secs(2));
    job.connections = connections;
    let running = brunt_loadgen::start(vec![job], start, 2).unwrap();
    let outcome = running.outcomes().pop().unwrap();
    crate::jobs::adds_up(&outcome);
    assert_eq!(outcome.totals.ok, 400);
    let at = |quantile| latency(&outcome).quantile(quantile).unwrap() as f64 / 1e6;
    for (quantile, truth) in [(0.75, 0.5), (0.9, 0.8), (0.99, 0.98)] {
        let found = at(quantile);
        assert!((found - truth).abs() < 0.05, "p{}: {found} s, not {truth} s", 100.0 * quantile);
    }
    assert!(at(0.45) < 0.1, "half of the requests were quick, not {} s", at(0.45));
    // What the server did to the queue is not the generator's lag.
    let lag = outcome.record.lag.quantile(0.9).unwrap();
    assert!(lag < 50_000, "{lag} µs");
}

#[test]
fn a_frozen_server_cannot_hide_the_requests_that_it_held_up() {
    frozen(512);
}

#[test]
fn a_frozen_server_cannot_hide_arrivals_that_queue_for_connections() {
    frozen(6);
}

#[test]
fn keys_of_accepted_commands_are_kept_and_doubtful_ones_counted() {
    let server = Server::start(|number| {
        Act::Send(match number % 5 {
            0 | 1 => reply(201, &format!("{{\"id\": {number}, \"state\": \"Requested\"}}")),
            2 => reply(409, "{}"),
            3 => reply(503, "{}"),
            _ => reply(201, "{\"state\": \"Requested\"}"),
        })
    });
    let mut job = closed(&server, 1, 10);
    job.requests = vec![request(&server, http::Method::POST, "/orders")];
    job.answer = ExpectedResponse {
        status: vec![201],
        json: vec![(JsonPath::parse("$.state").unwrap(), json!("Requested"))],
        ..ExpectedResponse::default()
    };
    job.key = Some(JsonPath::parse("$.id").unwrap());
    let outcome = run(job);
    assert_eq!(outcome.record.accepted, ["0", "1", "5", "6"]);
    assert_eq!(outcome.totals.ok, 4);
    assert_eq!(failed(&outcome, Failure::Status(409)), 2);
    assert_eq!(failed(&outcome, Failure::Status(503)), 2);
    assert_eq!(failed(&outcome, Failure::Check), 2);
    assert_eq!(outcome.record.unknown, 4);
}

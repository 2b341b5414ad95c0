//! HTTP/2: streams share connections, and each misbehaviour is counted by its name.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use brunt_loadgen::{Address, Bound, HttpVersion, Job, LoadOutcome, Reuse, start};
use brunt_scenarios::timeline::Failure;
use h2::Reason;

use crate::frames::{start_draining, start_then_go};
use crate::http2_server::{Act, Http2};
use crate::jobs::{adds_up, closed, failed, run};
use crate::server::{self, Server};
use crate::wires::Pki;

fn job(url: &str, users: u32, each: u64) -> Job {
    let mut job = closed(&Server::well(), users, each);
    job.requests[0].address = Address::split(url).unwrap().0;
    job.transport.version = HttpVersion::Http2;
    job
}

fn plain(server: &Http2, users: u32, each: u64) -> Job {
    job(&format!("http://{}", server.address), users, each)
}

/// On one thread, so that all users share their connections.
fn run_together(job: Job) -> LoadOutcome {
    let running = start(vec![job], std::time::Instant::now(), 1).unwrap();
    let outcome = running.outcomes().pop().unwrap();
    adds_up(&outcome);
    outcome
}

fn cause(outcome: &LoadOutcome) -> Vec<(Failure, &'static str, u64)> {
    outcome.causes.iter().map(|((kind, cause), count)| (*kind, *cause, *count)).collect()
}

#[test]
fn users_share_a_connection_over_http2() {
    let server = Http2::start(100, None, |_| Act::Answer(200, "hello"));
    let outcome = run_together(plain(&server, 20, 10));
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (200, 0), "{:?}", outcome.causes);
    assert_eq!((server.requests(), server.connections()), (200, 1));
    assert_eq!(outcome.totals.bytes, 1000);
    assert_eq!(outcome.phases.first_byte.len(), 200);
}

#[test]
fn http2_opens_as_many_connections_as_the_streams_need() {
    let server = Http2::start(100, None, |_| Act::Answer(200, "hello"));
    let mut job = plain(&server, 20, 10);
    job.transport.streams = 4;
    assert_eq!(run_together(job).totals.ok, 200);
    assert_eq!(server.connections(), 5);
}

#[test]
fn a_server_that_allows_fewer_streams_is_obeyed() {
    let server = Http2::start(2, None, |_| Act::Answer(200, "hello"));
    let outcome = run_together(plain(&server, 20, 10));
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (200, 0), "{:?}", outcome.causes);
    assert_eq!(server.requests(), 200);
}

#[test]
fn without_reuse_each_request_has_its_connection_over_http2() {
    let server = Http2::start(100, None, |_| Act::Answer(200, "hello"));
    let mut job = plain(&server, 2, 5);
    job.reuse = Reuse::No;
    assert_eq!(run_together(job).totals.ok, 10);
    assert_eq!(server.connections(), 10);
}

#[test]
fn bodies_are_sent_received_and_judged_over_http2() {
    let server = Http2::start(100, None, |_| Act::Answer(201, "{\"id\": 7}"));
    let mut job = plain(&server, 1, 3);
    job.requests[0].method = http::Method::POST;
    job.requests[0].body = b"{\"qty\": 1}".to_vec();
    job.key = Some(brunt_scenarios::plan::JsonPath::parse("$.id").unwrap());
    let outcome = run(job);
    assert_eq!(outcome.record.accepted, ["7", "7", "7"]);
}

#[test]
fn a_tls_server_that_does_not_agree_to_http2_is_an_error() {
    let pki = Pki::new("localhost");
    let mut config = pki.server(false).as_ref().clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let server = Http2::start(100, Some(config.into()), |_| Act::Answer(200, "hello"));
    let mut agreed = job(&format!("https://localhost:{}", server.address.port()), 3, 5);
    agreed.transport.ca = Some(pki.file("ca.pem"));
    let outcome = run(agreed.clone());
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (15, 0), "{:?}", outcome.causes);
    let old = Server::start_tls(pki.server(false), |_| server::Act::Send(server::ok("")));
    agreed.requests[0].address.port = old.address.port();
    let outcome = run(agreed);
    assert_eq!(cause(&outcome), [(Failure::Protocol, "the server does not agree to HTTP/2", 15)]);
    assert_eq!(outcome.record.unknown, 0, "nothing was sent");
}

/// Ten requests of which every second is treated like this: five good, five failed by this name.
fn every_second(act: Act, kind: Failure, name: &'static str) {
    let server = Http2::start(100, None, move |number| match number % 2 {
        1 => act,
        _ => Act::Answer(200, "x"),
    });
    let outcome = run_together(plain(&server, 1, 10));
    assert_eq!((outcome.totals.ok, cause(&outcome)), (5, vec![(kind, name, 5)]));
    assert_eq!((outcome.record.unknown, server.requests()), (5, 10), "nothing is sent twice");
}

#[test]
fn reset_streams_are_counted_as_reset() {
    every_second(Act::Reset(Reason::CANCEL), Failure::Reset, "RST_STREAM: cancelled");
    every_second(Act::Reset(Reason::INTERNAL_ERROR), Failure::Reset, "RST_STREAM: internal error");
}

#[test]
fn a_refused_stream_is_sent_again_on_another_connection() {
    let server = Http2::start(100, None, |number| match number % 2 {
        1 => Act::Reset(Reason::REFUSED_STREAM),
        _ => Act::Answer(200, "x"),
    });
    let outcome = run_together(plain(&server, 1, 10));
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (10, 0), "{:?}", outcome.causes);
    assert_eq!((server.requests(), server.connections()), (19, 2), "nine were refused once");
}

#[test]
fn a_request_that_is_refused_six_times_is_answered_at_the_seventh() {
    let server = Http2::start(100, None, |number| match number % 7 {
        6 => Act::Answer(200, "x"),
        _ => Act::Reset(Reason::REFUSED_STREAM),
    });
    let outcome = run_together(plain(&server, 1, 3));
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (3, 0), "{:?}", outcome.causes);
    assert_eq!(server.requests(), 21);
}

#[test]
fn a_connection_that_drains_before_its_first_request_is_replaced_without_a_failure() {
    // As many as a request that meets all of them can be tried again.
    let server = start_draining(5);
    let mut job = job(&server.url(), 20, 5);
    job.reuse = Reuse::No;
    let outcome = run_together(job);
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (100, 0), "{:?}", outcome.causes);
}

#[test]
fn requests_above_a_goaways_last_stream_are_sent_again() {
    for (users, most) in [(20, 10), (8, 1), (1, 3)] {
        let answered = Arc::default();
        let server = start_then_go(most, &answered);
        let outcome = run_together(job(&server.url(), users, 10));
        let all = u64::from(users) * 10;
        assert_eq!(outcome.totals.ok, all, "{users} users: {:?}", outcome.causes);
        // What the server processed is what was counted: nothing was sent twice to be processed.
        assert_eq!(answered.load(Ordering::Relaxed), all, "{users} users");
        assert_eq!(server.connections(), all.div_ceil(most), "{users} users");
    }
}

#[test]
fn a_server_that_refuses_everything_is_left_after_seven_tries() {
    let server = Http2::start(100, None, |_| Act::Reset(Reason::REFUSED_STREAM));
    let mut job = plain(&server, 1, 2);
    job.requests[0].method = http::Method::POST;
    let outcome = run_together(job);
    assert_eq!(cause(&outcome), [(Failure::Reset, "RST_STREAM: refused", 2)]);
    assert_eq!((server.requests(), server.connections()), (14, 2));
    assert_eq!(outcome.record.unknown, 0, "what a server refused it has not accepted");
}

#[test]
fn bodies_shorter_than_announced_are_counted_as_protocol() {
    every_second(Act::Short, Failure::Protocol, "a body of another length than announced");
}

#[test]
fn a_connection_after_a_goaway_is_replaced_without_a_failure() {
    let server = Http2::start(100, None, |_| Act::AnswerAndGo);
    let outcome = run_together(plain(&server, 1, 10));
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (10, 0), "{:?}", outcome.causes);
    assert_eq!(server.connections(), 10);
}

#[test]
fn a_stream_without_a_reply_times_out_alone() {
    let server = Http2::start(100, None, |number| match number {
        3 => Act::Hold,
        _ => Act::Answer(200, "x"),
    });
    let mut job = plain(&server, 1, 10);
    job.timeout = Duration::from_millis(200);
    let outcome = run_together(job);
    assert_eq!((outcome.totals.ok, failed(&outcome, Failure::Timeout)), (9, 1));
    assert_eq!(server.connections(), 1);
}

#[test]
fn requests_in_flight_at_the_end_are_counted_over_http2() {
    let server = Http2::start(100, None, |_| Act::Hold);
    let mut job = plain(&server, 5, 1);
    job.bound = Bound::Time(Duration::from_millis(100));
    job.drain = Duration::from_millis(50);
    assert_eq!(failed(&run(job), Failure::Unfinished), 5);
}

/// A server that answers the preface with these bytes.
fn raw(bytes: &[u8], closes: bool) -> Vec<(Failure, &'static str, u64)> {
    let bytes = bytes.to_vec();
    let server = Server::start(move |_| match closes {
        true => server::Act::SendAndClose(bytes.clone()),
        false => server::Act::Send(bytes.clone()),
    });
    let mut job = job(&server.url(), 1, 2);
    job.timeout = Duration::from_secs(2);
    cause(&run_together(job))
}

#[test]
fn what_is_not_http2_is_named() {
    const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
    let with = |frame: &[u8]| [SETTINGS, frame].concat();
    let all = [
        ("HTTP/1.1", raw(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", true)),
        ("closed", raw(b"", true)),
        ("data on stream 0", raw(&with(b"\0\0\x01\0\0\0\0\0\0x"), false)),
        ("headers that are none", raw(&with(b"\0\0\x04\x01\x05\0\0\0\x01\xff\xff\xff\xff"), false)),
        ("a frame too long", raw(&with(b"\xff\xff\xff\0\0\0\0\0\x01"), false)),
        ("settings of a wrong length", raw(b"\0\0\x01\x04\0\0\0\0\0x", false)),
        ("goaway with an error", raw(&with(b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0b"), false)),
        ("goaway before anything", raw(&with(b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0"), false)),
        ("a window beyond all", raw(&with(b"\0\0\x04\x08\0\0\0\0\0\x7f\xff\xff\xff"), false)),
    ];
    insta::assert_debug_snapshot!(all);
    // Whether a request is on its way when it closes depends on who is faster.
    let closed = raw(SETTINGS, true);
    assert!(closed.iter().all(|(kind, ..)| *kind == Failure::Reset), "{closed:?}");
    assert_eq!(closed.iter().map(|(.., count)| count).sum::<u64>(), 2, "{closed:?}");
}

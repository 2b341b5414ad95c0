//! Servers that abuse HTTP/2's frames once a request is under way: each one is counted by its name,
//! and none can hang it.

use std::time::Duration;

use brunt_loadgen::{HttpVersion, Job, start};
use brunt_scenarios::timeline::Failure;

use crate::frames::{
    CONTINUATION, DATA, Deed, END_HEADERS, END_STREAM, GOAWAY, HEADERS, HINTS, OK, PADDED, PING,
    PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, frame, start_abuse,
};
use crate::jobs::{adds_up, closed};

fn job(deed: Deed) -> Job {
    let mut job = closed(&start_abuse(deed), 1, 1);
    job.transport.version = HttpVersion::Http2;
    job.timeout = Duration::from_secs(1);
    job
}

/// How a request failed, if it did.
fn causes(deed: Deed) -> Vec<(Failure, &'static str, u64)> {
    came(job(deed))
}

fn came(job: Job) -> Vec<(Failure, &'static str, u64)> {
    let running = start(vec![job], std::time::Instant::now(), 1).unwrap();
    let outcome = running.outcomes().pop().unwrap();
    adds_up(&outcome);
    let counted = outcome.totals.ok + outcome.causes.values().sum::<u64>();
    assert_eq!((outcome.totals.requests(), counted), (1, 1), "{:?}", outcome.totals);
    outcome.causes.iter().map(|((kind, cause), count)| (*kind, *cause, *count)).collect()
}

fn say(bytes: &[Vec<u8>]) -> Vec<(Failure, &'static str, u64)> {
    causes(Deed::Say(bytes.concat()))
}

#[test]
fn invalid_frames_are_counted_as_protocol() {
    let head = |flags: u8| frame(HEADERS, END_HEADERS | flags, 1, OK);
    let long = frame(HEADERS, END_HEADERS, 1, b"\x88\0\x01x\x7fy");
    let all = [
        ("data before headers", say(&[frame(DATA, 0, 1, b"x")])),
        ("headers without a status", say(&[frame(HEADERS, END_HEADERS, 1, b"\0\x01x\x01y")])),
        ("a status of letters", say(&[frame(HEADERS, END_HEADERS, 1, b"\x08\x03abc")])),
        ("a status of 0", say(&[frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x08\x03000")])),
        ("a request's header", say(&[frame(HEADERS, END_HEADERS, 1, b"\x88\x82")])),
        ("a name in capitals", say(&[frame(HEADERS, END_HEADERS, 1, b"\x88\0\x01X\x01y")])),
        ("an index that nobody set", say(&[frame(HEADERS, END_HEADERS, 1, b"\xfe")])),
        ("a string that is cut off", say(&[long])),
        (
            "a length that is no number",
            say(&[frame(HEADERS, END_HEADERS, 1, b"\x88\x0f\x0d\x01x")]),
        ),
        ("headers twice", say(&[head(0), head(0)])),
        ("an interim head after the head", say(&[head(0), frame(HEADERS, END_HEADERS, 1, HINTS)])),
        ("an interim head that ends", say(&[frame(HEADERS, END_HEADERS | END_STREAM, 1, HINTS)])),
        ("data after the end", say(&[head(END_STREAM), frame(DATA, 0, 1, b"x")])),
        ("an answer to nothing", say(&[frame(HEADERS, END_HEADERS | END_STREAM, 99, OK)])),
        ("a stream of its own", say(&[frame(HEADERS, END_HEADERS, 2, OK)])),
        ("a push", say(&[frame(PUSH_PROMISE, END_HEADERS, 1, b"\0\0\0\x02\x82")])),
        ("more padding than frame", say(&[head(0), frame(DATA, PADDED, 1, b"\xffx")])),
        ("something between headers", say(&[frame(HEADERS, 0, 1, OK), frame(PING, 0, 0, &[0; 8])])),
        ("a continuation of nothing", say(&[frame(CONTINUATION, END_HEADERS, 1, OK)])),
        ("a ping of 7 bytes", say(&[frame(PING, 0, 0, &[0; 7])])),
        ("a window of 0", say(&[frame(WINDOW_UPDATE, 0, 1, &[0; 4])])),
        ("a stream that hangs on itself", say(&[frame(PRIORITY, 0, 1, b"\0\0\0\x01\0")])),
        ("settings on a stream", say(&[frame(SETTINGS, 0, 1, b"")])),
        ("a window beyond all", say(&[frame(SETTINGS, 0, 0, b"\0\x04\xff\xff\xff\xff")])),
        ("frames of a byte", say(&[frame(SETTINGS, 0, 0, b"\0\x05\0\0\0\x01")])),
        ("an end that is cut off", say(&[frame(RST_STREAM, 0, 1, b"\0")])),
    ];
    insta::assert_debug_snapshot!(all);
}

#[test]
fn closed_connections_are_counted_by_how_they_were_announced() {
    let close = |bytes: &[Vec<u8>]| causes(Deed::SayAndClose(bytes.concat()));
    let head = frame(HEADERS, END_HEADERS, 1, OK);
    let goaway = |error: u8| frame(GOAWAY, 0, 0, &[0, 0, 0, 0, 0, 0, 0, error]);
    let all = [
        ("closed", close(&[])),
        ("closed after a head", close(std::slice::from_ref(&head))),
        ("closed in a frame", close(&[head.clone(), b"\0\0\x09\0\0\0\0\0\x01few".to_vec()])),
        ("a goaway that leaves the request out", close(&[goaway(0)])),
        ("a goaway with an error", say(&[goaway(2)])),
        ("a goaway in an answer", close(&[head, frame(DATA, 0, 1, b"x"), goaway(0)])),
        ("a reset without an error", say(&[frame(RST_STREAM, 0, 1, &[0; 4])])),
        ("a reset with one that nobody knows", say(&[frame(RST_STREAM, 0, 1, &[9; 4])])),
        ("silence", say(&[])),
        ("silence in headers", say(&[frame(HEADERS, 0, 1, OK)])),
        ("silence in a frame", say(&[b"\0\0\x09\x01\x04\0\0\0\x01".to_vec()])),
    ];
    insta::assert_debug_snapshot!(all);
}

#[test]
fn floods_of_frames_end_the_connection() {
    let head = || frame(HEADERS, END_HEADERS, 1, OK);
    let flood = |first: Vec<u8>, again: Vec<u8>| causes(Deed::Repeat(first, again));
    let pair = b"\0\x01x\x01y".repeat(2_000);
    let all = [
        ("settings", flood(vec![], frame(SETTINGS, 0, 0, b"\0\x03\0\0\0\x64"))),
        ("pings", flood(vec![], frame(PING, 0, 0, &[1; 8]))),
        ("window updates", flood(vec![], frame(WINDOW_UPDATE, 0, 1, b"\0\0\0\x01"))),
        ("priorities", flood(vec![], frame(PRIORITY, 0, 1, b"\0\0\0\0\0"))),
        ("frames of no kind", flood(vec![], frame(0x77, 0, 1, b"x"))),
        ("interim heads", flood(vec![], frame(HEADERS, END_HEADERS, 1, HINTS))),
        ("a head", flood(frame(HEADERS, 0, 1, OK), frame(CONTINUATION, 0, 1, &pair))),
        ("a head of nothing", flood(frame(HEADERS, 0, 1, OK), frame(CONTINUATION, 0, 1, b""))),
        ("data of nothing", flood(head(), frame(DATA, 0, 1, b""))),
        ("resets of other streams", flood(head(), frame(RST_STREAM, 0, 3, &[0; 4]))),
    ];
    insta::assert_debug_snapshot!(all);
    // Whether the window or the time ends first depends on who is faster.
    let data = flood(head(), frame(DATA, 0, 1, &[b'x'; 16_000]));
    let names = [
        (Failure::Timeout, "no whole reply in time", 1),
        (Failure::Protocol, "more data than the HTTP/2 window allows", 1),
    ];
    assert!(names.iter().any(|name| data == [*name]), "{data:?}");
}

#[test]
fn an_endless_http2_reply_ends_with_the_timeout() {
    assert_eq!(causes(Deed::Obey), [(Failure::Timeout, "no whole reply in time", 1)]);
}

#[test]
fn a_server_that_never_opens_its_window_times_out() {
    let mut with_body = job(Deed::Greet(frame(SETTINGS, 0, 0, b"\0\x04\0\0\0\0")));
    with_body.requests[0].method = http::Method::POST;
    with_body.requests[0].body = b"{}".to_vec();
    let all = [
        ("no room for streams", came(job(Deed::Greet(frame(SETTINGS, 0, 0, b"\0\x03\0\0\0\0"))))),
        ("no window for bodies", came(with_body)),
        ("no settings", came(job(Deed::Greet(Vec::new())))),
        (
            "a reply of HTTP/1.1",
            came(job(Deed::Greet(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()))),
        ),
        ("a mail server", came(job(Deed::Greet(b"220 mail.example.org ESMTP\r\n".to_vec())))),
    ];
    insta::assert_debug_snapshot!(all);
}

#[test]
fn streams_that_are_all_reset_cost_no_connections() {
    for (error, name, connections) in [
        // A refused request is tried on a second connection, and the two are used again.
        (7, "RST_STREAM: refused", 2),
        (11, "RST_STREAM: enhance your calm", 1),
        (99, "RST_STREAM: an error", 1),
    ] {
        let server = start_abuse(Deed::ResetAll(error));
        let mut job = closed(&server, 8, 50);
        job.transport.version = HttpVersion::Http2;
        let outcome =
            start(vec![job], std::time::Instant::now(), 1).unwrap().outcomes().pop().unwrap();
        adds_up(&outcome);
        let counted: Vec<_> =
            outcome.causes.iter().map(|((kind, cause), count)| (*kind, *cause, *count)).collect();
        assert_eq!(counted, [(Failure::Reset, name, 400)]);
        assert_eq!(server.connections(), connections, "a stream's end is not its connection's");
    }
}

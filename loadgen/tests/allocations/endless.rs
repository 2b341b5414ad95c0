//! Servers that never stop sending cost no more memory than others.

use std::time::{Duration, Instant};

use brunt_loadgen::{Bound, HttpVersion, Job, start};

use crate::counting::peak;
use crate::frames::{DATA, Deed, END_HEADERS, HEADERS, HINTS, OK, frame, start_abuse};
use crate::server::{Act, Server, ok};
use crate::{alone, jobs};

const USERS: u32 = 4;
/// What an endless reply may take on a connection of HTTP/1.1: a head that is given up at 64 KiB,
/// in a buffer that doubles.
const BUFFERS: i64 = USERS as i64 * 256 * 1024;
/// And on one of HTTP/2: what the windows let come before it has been read.
const WINDOWS: i64 = 8 * 1024 * 1024;

/// The most memory that the generator's threads had at once.
fn taken(mut job: Job) -> i64 {
    job.timeout = Duration::from_millis(250);
    job.bound = Bound::Repetitions(2);
    peak(|| {
        let running = start(vec![job], Instant::now(), 1).unwrap();
        let outcome = running.outcomes().pop().unwrap();
        jobs::adds_up(&outcome);
        assert_eq!(outcome.totals.requests(), 2 * u64::from(USERS));
    })
}

fn http1(act: Act) -> i64 {
    let server = Server::start(move |_| act.clone());
    taken(jobs::closed(&server, USERS, 2))
}

fn http2(deed: Deed) -> i64 {
    let mut job = jobs::closed(&start_abuse(deed), USERS, 2);
    job.transport.version = HttpVersion::Http2;
    job.transport.streams = 1;
    taken(job)
}

#[test]
fn endless_replies_of_http1_take_no_more_than_their_buffers() {
    let _alone = alone();
    let usual = http1(Act::Send(ok("x")));
    let (head, much) = (b"HTTP/1.1 200 OK\r\n".to_vec(), vec![b'x'; 64 * 1024]);
    let with = |header: &str| [&head[..], header.as_bytes(), b"\r\n\r\n"].concat();
    for (what, first, again) in [
        ("a header", [&head[..], b"X: "].concat(), much.clone()),
        ("headers", head.clone(), b"X: y\r\n".repeat(1000)),
        ("interim replies", vec![], b"HTTP/1.1 103 x\r\nX: y\r\n\r\n".repeat(1000)),
        ("a body", with("Content-Length: 18446744073709551615"), much.clone()),
        ("a body until the end", with("X: y"), much.clone()),
        ("chunks", with("Transfer-Encoding: chunked"), b"1;a=b\r\nx\r\n".repeat(1000)),
        ("a chunk", with("Transfer-Encoding: chunked\r\n\r\nfffffffffffffff"), much.clone()),
        ("trailers", with("Transfer-Encoding: chunked\r\n\r\n0"), b"X: y\r\n".repeat(1000)),
    ] {
        let more = http1(Act::Endless(first, again)) - usual;
        println!("{what}: {more} bytes more than {usual}");
        assert!(more <= BUFFERS, "{what}: {more} bytes more than {usual}");
    }
}

#[test]
fn endless_replies_of_http2_take_no_more_than_their_windows() {
    let _alone = alone();
    let usual = http2(Deed::Say(frame(HEADERS, END_HEADERS | 1, 1, OK)));
    let head = || frame(HEADERS, END_HEADERS, 1, OK);
    let obedient = http2(Deed::Obey) - usual;
    println!("data within the windows: {obedient} bytes more than {usual}");
    assert!(obedient <= WINDOWS, "{obedient} bytes more than {usual}");
    for (what, first, again) in [
        ("data", head(), frame(DATA, 0, 1, &[b'x'; 16_000])),
        ("data of nothing", head(), frame(DATA, 0, 1, b"")),
        ("interim heads", vec![], frame(HEADERS, END_HEADERS, 1, HINTS)),
    ] {
        let more = http2(Deed::Repeat(first, again)) - usual;
        println!("{what}: {more} bytes more than {usual}");
        assert!(more <= WINDOWS, "{what}: {more} bytes more than {usual}");
    }
}

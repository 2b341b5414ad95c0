//! Servers that break HTTP/1.1 and TLS in every way that somebody thought of: each one is counted
//! by its name.

use std::time::Duration;

use brunt_loadgen::{Address, Job, LoadOutcome};
use brunt_scenarios::timeline::Failure;

use crate::jobs::{closed, request, run};
use crate::server::{Act, Server, ok};
use crate::wires::Pki;

/// How long a request may take where it is to take too long.
const SOON: Duration = Duration::from_millis(300);

/// By which name failures were counted; there must be one name only.
fn name(outcome: &LoadOutcome, what: &str) -> (Failure, &'static str, u64) {
    let mut causes = outcome.causes.iter();
    let ((kind, cause), count) = causes.next().unwrap_or_else(|| panic!("{what}: nothing failed"));
    assert_eq!(causes.next(), None, "{what}: {:?}", outcome.causes);
    (*kind, *cause, *count)
}

/// Six requests with this method, of which every second is treated like this: three good, three
/// that fail by one name.
fn every_second(what: &str, method: http::Method, act: Act, kind: Failure, cause: &'static str) {
    let is_head = method == http::Method::HEAD;
    let good =
        if is_head { b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_vec() } else { ok("x") };
    let server = Server::start(
        move |number| if number % 2 == 1 { act.clone() } else { Act::Send(good.clone()) },
    );
    let mut job = closed(&server, 1, 6);
    job.requests = vec![request(&server, method, "/")];
    job.timeout = if kind == Failure::Timeout { SOON } else { job.timeout };
    let outcome = run(job);
    assert_eq!(name(&outcome, what), (kind, cause, 3), "{what}");
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (3, 3), "{what}");
    assert_eq!(server.requests(), 6, "{what}: nothing is sent twice");
}

fn protocol(cases: &[(&str, &str, &'static str)]) {
    for (what, reply, cause) in cases {
        let act = Act::SendAndClose(reply.as_bytes().to_vec());
        every_second(what, http::Method::GET, act, Failure::Protocol, cause);
    }
}

#[test]
fn invalid_status_lines_and_headers_are_counted_as_protocol() {
    let bomb = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(10_000 / 6));
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(100_000));
    protocol(&[
        ("status 0", "HTTP/1.1 000 x\r\n\r\n", "an invalid status"),
        ("status 99", "HTTP/1.1 099 x\r\n\r\n", "an invalid status"),
        ("four digits", "HTTP/1.1 2000 x\r\n\r\n", "not a reply's head"),
        ("two digits", "HTTP/1.1 20 x\r\n\r\n", "not a reply's head"),
        ("a negative one", "HTTP/1.1 -20 x\r\n\r\n", "not a reply's head"),
        ("words", "HTTP/1.1 okay then\r\n\r\n", "not a reply's head"),
        ("no version", "200 OK\r\n\r\n", "not a reply's head"),
        ("a version of HTTP/3", "HTTP/3.0 200 OK\r\n\r\n", "not a reply's head"),
        ("a page without a head", "<html>hello</html>\r\n\r\n", "not a reply's head"),
        ("zeros", "\0\0\0\0\0\0\0\0", "not a reply's head"),
        ("a zero in a header", "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "not a reply's head"),
        ("no colon", "HTTP/1.1 200 OK\r\nX y\r\n\r\n", "not a reply's head"),
        (
            "a name with a space",
            "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\nx",
            "not a reply's head",
        ),
        ("a folded first line", "HTTP/1.1 200 OK\r\n X: a\r\n\r\n", "not a reply's head"),
        ("1,600 headers", &bomb, "too many headers"),
        ("a header of 100 kB", &long, "an endless head"),
    ]);
}

#[test]
fn invalid_lengths_are_counted_as_protocol() {
    let none = "an invalid content-length";
    let with = |header: &str| format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\nhello");
    let all = [
        "Content-Length: five",
        "Content-Length: -5",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Content-Length: 5 5",
        "Content-Length: 5, 5",
        "Content-Length:",
        "Content-Length: 18446744073709551616",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nContent-Length: x",
    ];
    for header in all {
        protocol(&[(header, &with(header), none)]);
    }
}

#[test]
fn invalid_chunks_are_counted_as_protocol() {
    let with =
        |chunks: &str| format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
    let extension = format!("1;{}\r\nx\r\n0\r\n\r\n", "a".repeat(20_000));
    let trailers = format!("0\r\n{}\r\n", "X: y\r\n".repeat(5_000));
    let all = [
        "x\r\n",
        "\r\n",
        "-1\r\n",
        "0x1\r\na\r\n",
        "ffffffffffffffff\r\n",
        "1000000000000000000000\r\n",
        "1\nx\r\n0\r\n\r\n",
        "1\r\nxy\r\n0\r\n\r\n",
        "1\r\nx\n0\r\n\r\n",
        "1 2\rx\r\n",
        ";x\r\n",
        "0\r\nX: y\n\r\n",
        &extension,
        &trailers,
    ];
    for chunks in all {
        protocol(&[(&chunks[..chunks.len().min(40)], &with(chunks), "an invalid chunk")]);
    }
}

#[test]
fn bodies_that_a_reply_may_not_have_are_counted_as_protocol() {
    let surplus = "more bytes than the reply announced";
    protocol(&[
        ("204 with a body", "HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\nhello", surplus),
        ("304 with a body", "HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\nhello", surplus),
        ("204 in chunks", "HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", surplus),
        (
            "two replies",
            "HTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 x\r\nContent-Length: \
             0\r\n\r\n",
            surplus,
        ),
        (
            "bytes after chunks",
            "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nmore",
            surplus,
        ),
        (
            "a body after 103",
            "HTTP/1.1 103 x\r\nContent-Length: 5\r\n\r\nhello",
            "not a reply's head",
        ),
    ]);
    let body = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".to_vec();
    every_second(
        "HEAD with a body",
        http::Method::HEAD,
        Act::Send(body),
        Failure::Protocol,
        surplus,
    );
}

#[test]
fn endless_interim_replies_are_counted_as_protocol() {
    let endless = "HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000);
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(1_000);
    protocol(&[
        ("100 for ever", &endless, "endless interim replies"),
        ("103 for ever", &hints, "endless interim replies"),
        ("101", "HTTP/1.1 101 Switching\r\n\r\n", "a switch of protocols that was not requested"),
    ]);
    let only = Act::SendAndClose(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec());
    every_second(
        "only 100",
        http::Method::GET,
        only,
        Failure::Reset,
        "closed in the middle of a reply",
    );
    let waits = Act::SendAndHold(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec());
    every_second(
        "100 and silence",
        http::Method::GET,
        waits,
        Failure::Timeout,
        "no whole reply in time",
    );
}

#[test]
fn replies_that_end_too_early_are_counted_as_reset() {
    let cut = "closed in the middle of a reply";
    for part in [
        "H",
        "HTTP/1.1 200 OK\r\nX:",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nx",
    ] {
        let act = Act::SendAndClose(part.as_bytes().to_vec());
        every_second(part, http::Method::GET, act, Failure::Reset, cut);
        let act = Act::Reset(part.as_bytes().to_vec());
        let kind = Failure::Reset;
        every_second(part, http::Method::GET, act, kind, "the connection was reset");
    }
}

#[test]
fn endless_replies_end_with_the_timeout() {
    let text = |text: &str| text.as_bytes().to_vec();
    let head = || text("HTTP/1.1 200 OK\r\nX: ");
    let sized = || text("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n");
    let chunked = || text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    let until_close = || text("HTTP/1.1 200 OK\r\n\r\n");
    let headers = text(&format!("HTTP/1.1 200 OK\r\n{}", "X: y\r\n".repeat(200)));
    let (a_lot, late) = (vec![b'x'; 64 * 1024], "no whole reply in time");
    let endless = |first: Vec<u8>, again: &[u8]| Act::Endless(first, again.to_vec());
    let extension = format!("1;{}\r\nx\r\n", "a".repeat(10_000));
    for (what, act, kind, cause) in [
        ("silence in a head", Act::SendAndHold(head()), Failure::Timeout, late),
        ("silence in a body", Act::SendAndHold(sized()), Failure::Timeout, late),
        ("a header", endless(head(), &a_lot), Failure::Protocol, "an endless head"),
        ("headers", endless(headers, b"X: y\r\n"), Failure::Protocol, "too many headers"),
        ("a body", endless(sized(), &a_lot), Failure::Timeout, late),
        ("a body until the end", endless(until_close(), &a_lot), Failure::Timeout, late),
        ("chunks of one byte", endless(chunked(), b"1\r\nx\r\n"), Failure::Timeout, late),
        (
            "chunks with extensions",
            endless(chunked(), extension.as_bytes()),
            Failure::Timeout,
            late,
        ),
    ] {
        every_second(what, http::Method::GET, act, kind, cause);
    }
}

fn secure(server: &Server, pki: &Pki) -> Job {
    let mut job = closed(server, 1, 6);
    let url = format!("https://localhost:{}", server.address.port());
    job.requests[0].address = Address::split(&url).unwrap().0;
    job.transport.ca = Some(pki.file("ca.pem"));
    job.timeout = Duration::from_secs(2);
    job
}

#[test]
fn tls_that_breaks_after_the_handshake() {
    let pki = Pki::new("localhost");
    let head = || b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfew".to_vec();
    let garbage = [0x17, 3, 3, 0, 32].into_iter().chain([0xaa; 32]).collect();
    for (what, act, kind, cause) in [
        (
            "closed without a goodbye",
            Act::Close,
            Failure::Reset,
            "closed without TLS's close_notify",
        ),
        (
            "the same in a body",
            Act::SendAndClose(head()),
            Failure::Reset,
            "closed without TLS's close_notify",
        ),
        ("a reset", Act::Reset(head()), Failure::Reset, "the connection was reset"),
        (
            "an alert in plain",
            Act::Beneath(vec![0x15, 3, 3, 0, 2, 2, 80]),
            Failure::Tls,
            "the server violated the TLS protocol",
        ),
        ("plain HTTP", Act::Beneath(ok("x")), Failure::Tls, "the server does not speak TLS"),
        (
            "a record that nobody can read",
            Act::Beneath(garbage),
            Failure::Tls,
            "the server violated the TLS protocol",
        ),
    ] {
        let server = Server::start_tls(pki.server(false), move |number| match number % 2 {
            1 => act.clone(),
            _ => Act::Send(ok("x")),
        });
        let outcome = run(secure(&server, &pki));
        assert_eq!(name(&outcome, what), (kind, cause, 3), "{what}");
        assert_eq!((outcome.totals.ok, server.requests()), (3, 6), "{what}");
    }
}

#[test]
fn tls_that_breaks_in_the_handshake() {
    let pki = Pki::new("localhost");
    for (what, bytes, kind, cause) in [
        (
            "an alert",
            vec![0x15, 3, 3, 0, 2, 2, 40],
            Failure::Tls,
            "the server's alert: handshake failure (no common cipher suite, or a kind of key that \
             is not supported, such as P-521)",
        ),
        ("plain HTTP", ok("x"), Failure::Tls, "the server does not speak TLS"),
        ("nothing", vec![], Failure::Tls, "the handshake was cut off"),
    ] {
        let outcome = run(secure(&greeter(bytes), &pki));
        assert_eq!(name(&outcome, what), (kind, cause, 6), "{what}");
        assert_eq!((outcome.totals.ok, outcome.record.unknown), (0, 0), "{what}: nothing was sent");
    }
}

/// A server that reads once, says this and closes.
fn greeter(bytes: Vec<u8>) -> Server {
    Server::start_raw(move |mut stream| {
        use std::io::{Read, Write};
        let _ = stream.read(&mut [0; 16 * 1024]);
        let _ = stream.write_all(&bytes);
    })
}

//! Each way to misbehave gives a counted, named failure.

use brunt_scenarios::timeline::Failure;

use crate::jobs::{closed, failed, request, run};
use crate::server::{Act, Server, ok, reply};

/// What ten requests come to when every second one is treated like this: five good ones, five that
/// fail as named, and as many of which nobody knows.
fn every_second(act: Act, kind: Failure, unknown: u64) {
    let server =
        Server::start(move |number| if number % 2 == 1 { act.clone() } else { Act::Send(ok("x")) });
    let mut job = closed(&server, 1, 10);
    job.requests = vec![request(&server, http::Method::POST, "/orders")];
    let outcome = run(job);
    assert_eq!((outcome.totals.ok, failed(&outcome, kind)), (5, 5), "{kind}: {:?}", outcome.totals);
    assert_eq!(outcome.record.unknown, unknown, "{kind}");
    assert_eq!(server.requests(), 10, "{kind}: nothing is sent twice");
}

#[test]
fn statuses_are_counted_by_number() {
    every_second(Act::Send(reply(500, "oops")), Failure::Status(500), 5);
    every_second(Act::Send(reply(404, "")), Failure::Status(404), 0);
}

#[test]
fn a_connection_closed_without_a_reply_is_counted_as_reset() {
    every_second(Act::Close, Failure::Reset, 5);
}

#[test]
fn a_reset_before_or_in_a_reply_is_counted_as_reset() {
    every_second(Act::Reset(Vec::new()), Failure::Reset, 5);
    every_second(Act::Reset(b"HTTP/1.1 200 OK\r\nContent-".to_vec()), Failure::Reset, 5);
}

#[test]
fn a_reply_shorter_than_announced_is_counted_as_reset() {
    every_second(
        Act::SendAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfew".to_vec()),
        Failure::Reset,
        5,
    );
    let chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel".to_vec();
    every_second(Act::SendAndClose(chunks), Failure::Reset, 5);
}

#[test]
fn a_reply_longer_than_announced_is_counted_as_protocol() {
    every_second(
        Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nlonger".to_vec()),
        Failure::Protocol,
        5,
    );
}

#[test]
fn replies_that_are_not_http_are_counted_as_protocol() {
    let bad: [&[u8]; 4] = [
        b"220 mail.example.org ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ];
    for bytes in bad {
        every_second(Act::Send(bytes.to_vec()), Failure::Protocol, 5);
    }
}

#[test]
fn unusual_but_valid_replies_are_good() {
    let good: [Act; 5] = [
        Act::Trickle(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
                .to_vec(),
        ),
        Act::Send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n".to_vec()),
        Act::SendAndClose(b"HTTP/1.1 200 OK\r\n\r\nuntil the end".to_vec()),
        Act::SendAndClose(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1".to_vec(),
        ),
        Act::SendAndClose(b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1".to_vec()),
    ];
    for act in good {
        let server = Server::start(move |_| act.clone());
        let outcome = run(closed(&server, 1, 3));
        assert_eq!((outcome.totals.ok, outcome.totals.failures()), (3, 0), "{:?}", outcome.totals);
    }
}

#[test]
fn a_connection_closed_while_idle_is_replaced_without_a_failure() {
    // The reply does not say that the connection ends with it.
    let server = Server::start(|_| Act::SendAndClose(ok("x")));
    let mut job = closed(&server, 1, 5);
    let think = std::time::Duration::from_millis(50);
    job.arrival = brunt_scenarios::plan::Arrival::Closed { users: 1, think: (think, think) };
    let outcome = run(job);
    assert_eq!((outcome.totals.ok, server.connections()), (5, 5), "{:?}", outcome.totals);
}

#[test]
fn all_addresses_of_a_name_are_tried() {
    // Where localhost is also ::1, nobody listens there.
    let server = Server::well();
    let mut job = closed(&server, 1, 3);
    job.requests[0].address.host = "localhost".to_owned();
    let outcome = run(job);
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (3, 0));
}

#[test]
fn refused_connections_are_counted_without_a_busy_loop() {
    let server = Server::well();
    let mut job = closed(&server, 2, 10);
    // A port that was just in use and is not listened on any more.
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    job.requests[0].address.port = unused.port();
    let outcome = run(job);
    assert_eq!(failed(&outcome, Failure::Connect), 20);
    assert_eq!(outcome.record.unknown, 0, "nothing was sent");
    assert!(outcome.elapsed.as_millis() >= 90, "{:?}", outcome.elapsed);
}

//! Uploads: a request is sent while its reply is read, as far as each side lets the other.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use brunt_loadgen::Job;
use brunt_scenarios::timeline::Failure;
use tokio_rustls::rustls::{ServerConnection, StreamOwned};

use crate::jobs::{closed, failed, run};
use crate::server::Server;
use crate::wires::Pki;

/// More than the buffers of both sides can hold.
const LENGTH: usize = 20_000_000;

fn upload(server: &Server, each: u64) -> Job {
    let mut job = closed(server, 1, each);
    job.requests[0].method = http::Method::POST;
    job.requests[0].body = vec![b'x'; LENGTH];
    // Only a deadlock takes this long, whatever else the machine does.
    job.timeout = Duration::from_secs(60);
    job
}

/// Reads a request's head; `None` when the client has gone. Returns how much of the body
/// came with it.
fn head(stream: &mut impl Read) -> Option<usize> {
    let mut head = Vec::new();
    let mut piece = vec![0; 16 * 1024];
    loop {
        let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
        head.extend_from_slice(&piece[..length]);
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            return Some(head.len() - end - 4);
        }
    }
}

/// Answers each upload with its own bytes, and reads no more than it has written back.
fn echo(mut stream: impl Read + Write) {
    let mut piece = vec![0; 16 * 1024];
    while let Some(mut came) = head(&mut stream) {
        let begin = format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n");
        if stream.write_all(begin.as_bytes()).is_err() {
            return;
        }
        let mut left = LENGTH;
        loop {
            if stream.write_all(&vec![b'x'; came]).and_then(|()| stream.flush()).is_err() {
                return;
            }
            left -= came;
            if left == 0 {
                break;
            }
            match stream.read(&mut piece) {
                Ok(length) if length > 0 => came = length,
                _ => return,
            }
        }
    }
}

#[test]
fn an_upload_is_sent_while_its_echo_is_read() {
    let server = Server::start_raw(echo);
    let outcome = run(upload(&server, 2));
    assert_eq!((outcome.totals.ok, outcome.totals.bytes), (2, 2 * LENGTH as u64), "{outcome:?}");
    assert_eq!(server.connections(), 1, "the connection is good for the next request");
}

#[test]
fn an_upload_over_tls_is_sent_while_its_echo_is_read() {
    let pki = Pki::new("localhost");
    let config = pki.server(false);
    let server = Server::start_raw(move |stream| {
        echo(StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream));
    });
    let mut job = upload(&server, 2);
    let url = format!("https://localhost:{}", server.address.port());
    job.requests[0].address = brunt_loadgen::Address::split(&url).unwrap().0;
    job.transport.ca = Some(pki.file("ca.pem"));
    let outcome = run(job);
    assert_eq!((outcome.totals.ok, outcome.totals.bytes), (2, 2 * LENGTH as u64), "{outcome:?}");
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_refusal_ends_an_upload_that_the_server_does_not_read() {
    let held = Mutex::new(Vec::new());
    let server = Server::start_raw(move |mut stream| {
        let _ = head(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
        // Neither read on nor closed, so that nothing but the reply can end the upload.
        held.lock().unwrap().push(stream);
    });
    let mut job = upload(&server, 2);
    job.timeout = Duration::from_secs(5);
    let outcome = run(job);
    assert_eq!(failed(&outcome, Failure::Status(413)), 2, "{:?}", outcome.causes);
    assert_eq!(server.connections(), 2, "the rest of the upload would be taken for a request");
}

#[test]
fn an_early_good_reply_does_not_cut_the_upload_off() {
    let (counted, received) = mpsc::channel();
    let counted = Mutex::new(counted);
    let server = Server::start_raw(move |mut stream| {
        let mut piece = vec![0; 64 * 1024];
        while let Some(mut came) = head(&mut stream) {
            let _ = stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
            while came < LENGTH {
                // No further: the reply is there, so the next request may follow at once.
                let most = piece.len().min(LENGTH - came);
                match stream.read(&mut piece[..most]) {
                    Ok(length) if length > 0 => came += length,
                    _ => return,
                }
            }
            counted.lock().unwrap().send(came).unwrap();
        }
    });
    let outcome = run(upload(&server, 3));
    assert_eq!((outcome.totals.ok, server.connections()), (3, 1), "{:?}", outcome.causes);
    for _ in 0..3 {
        let came = received.recv_timeout(Duration::from_secs(10)).expect("the upload comes whole");
        assert_eq!(came, LENGTH);
    }
}

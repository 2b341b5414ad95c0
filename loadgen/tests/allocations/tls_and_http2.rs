//! What a request costs over TLS and in HTTP/2.

use brunt_loadgen::{Address, HttpVersion, Job};

use crate::http2_server::{self, Http2};
use crate::server::{Act, Server, ok};
use crate::wires::Pki;
use crate::{MARKS, See, alone, closed, observed_by, space};

/// Allocations for each request between the second and the last mark; they leave nothing behind but
/// the space for latencies.
fn cost(begin: impl FnOnce(See) -> Job) -> f64 {
    let ([_, first, last], outcome) = observed_by(begin);
    let requests = (MARKS[2] - MARKS[1]) as f64;
    let each = (last.allocations - first.allocations) as f64 / requests;
    let left = last.live - first.live;
    println!("{each:.4} allocations a request, {left} bytes left");
    assert!(left <= space(&outcome), "{left} bytes left");
    each
}

fn to(url: &str) -> Job {
    let mut job = closed(&Server::well());
    job.requests[0].address = Address::split(url).unwrap().0;
    job
}

fn http2(see: See) -> Job {
    let server = Http2::start(100, None, move |number| {
        see(number);
        http2_server::Act::Answer(200, "hello")
    });
    let mut job = to(&format!("http://{}", server.address));
    job.transport.version = HttpVersion::Http2;
    job
}

fn tls(see: See) -> Job {
    let pki = Pki::new("localhost");
    let server = Server::start_tls(pki.server(false), move |number| {
        see(number);
        Act::Send(ok("hello"))
    });
    let mut job = to(&format!("https://localhost:{}", server.address.port()));
    job.transport.insecure = true;
    job
}

#[test]
fn a_request_of_http2_allocates_nothing() {
    let _alone = alone();
    let each = cost(http2);
    assert!(each < 0.01, "{each} allocations a request");
}

#[test]
fn over_tls_a_request_allocates_only_the_records_of_rustls() {
    let _alone = alone();
    let each = cost(tls);
    assert!(each <= 2.1, "{each} allocations a request");
}

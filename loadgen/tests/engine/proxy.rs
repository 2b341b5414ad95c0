//! HTTP proxies.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use brunt_loadgen::{Address, HttpVersion, Job};
use brunt_scenarios::timeline::Failure;

use crate::http2_server::{self, Http2};
use crate::jobs::{closed, failed, run};
use crate::server::{Act, Server, ok};
use crate::wires::Pki;

/// A proxy for CONNECT, and what it was asked for. It answers with this line and connects only when
/// that is good.
fn tunnel(answer: &'static str, to: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&asked);
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let kept = Arc::clone(&kept);
            std::thread::spawn(move || pass(client, answer, to, &kept));
        }
    });
    (address, asked)
}

fn pass(mut client: TcpStream, answer: &str, to: SocketAddr, asked: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    asked.lock().unwrap().push(head.lines().next().unwrap().to_owned());
    client.write_all(format!("{answer}\r\nContent-Length: 7\r\n\r\n").as_bytes()).unwrap();
    if !answer.contains(" 200 ") {
        return;
    }
    let mut server = TcpStream::connect(to).unwrap();
    let (mut back, mut from) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut back);
        let _ = back.shutdown(std::net::Shutdown::Both);
    });
    let _ = std::io::copy(&mut client, &mut server);
    let _ = server.shutdown(std::net::Shutdown::Both);
}

fn through(proxy: SocketAddr, url: &str) -> Job {
    let mut job = closed(&Server::well(), 2, 5);
    job.requests[0].address = Address::split(url).unwrap().0;
    job.transport.proxy = Some(Address::split(&format!("http://{proxy}")).unwrap().0);
    job
}

#[test]
fn plain_requests_name_their_server_to_the_proxy() {
    // The proxy knows the name; nobody else needs to.
    let proxy = Server::start(|_| Act::Send(ok("by proxy")));
    let outcome = run(through(proxy.address, "http://no-such-name.invalid:8080"));
    assert_eq!((outcome.totals.ok, outcome.totals.bytes), (10, 80), "{:?}", outcome.causes);
    assert_eq!(proxy.connections(), 2);
}

#[test]
fn tls_goes_through_a_tunnel() {
    let pki = Pki::new("shop.test");
    let server = Server::start_tls(pki.server(false), |_| Act::Send(ok("hello")));
    let (proxy, asked) = tunnel("HTTP/1.1 200 OK", server.address);
    let mut job = through(proxy, "https://shop.test");
    job.transport.ca = Some(pki.file("ca.pem"));
    let outcome = run(job);
    assert_eq!((outcome.totals.ok, outcome.totals.failures()), (10, 0), "{:?}", outcome.causes);
    assert_eq!(*asked.lock().unwrap(), ["CONNECT shop.test:443 HTTP/1.1"; 2]);
}

#[test]
fn http2_goes_through_a_tunnel() {
    let server = Http2::start(100, None, |_| http2_server::Act::Answer(200, "hello"));
    let (proxy, asked) = tunnel("HTTP/1.1 200 OK", server.address);
    let mut job = through(proxy, "http://shop.test");
    job.transport.version = HttpVersion::Http2;
    assert_eq!(run(job).totals.ok, 10);
    assert_eq!(asked.lock().unwrap()[0], "CONNECT shop.test:80 HTTP/1.1");
}

#[test]
fn a_proxy_that_refuses_is_counted_as_connect() {
    let (proxy, _) =
        tunnel("HTTP/1.1 407 Proxy Authentication Required", "127.0.0.1:1".parse().unwrap());
    let outcome = run(through(proxy, "https://shop.test"));
    assert_eq!(failed(&outcome, Failure::Connect), 10);
    assert_eq!(
        outcome.causes.keys().map(|(_, cause)| *cause).collect::<Vec<_>>(),
        ["the proxy refused"]
    );
    assert_eq!(outcome.record.unknown, 0);
}

#[test]
fn a_proxy_that_does_not_answer_is_counted_as_connect() {
    let proxy = Server::start(|_| Act::Close);
    let outcome = run(through(proxy.address, "https://shop.test"));
    assert_eq!(failed(&outcome, Failure::Connect), 10);
    assert_eq!(
        outcome.causes.keys().map(|(_, cause)| *cause).collect::<Vec<_>>(),
        ["the proxy did not answer"]
    );
}

//! What is not HTTP/1 passes unchanged, and is met by the faults of connections.

use std::io::ErrorKind;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use brunt_proxy::{EndpointAddress, Endpoints, Listen, Proxy};
use brunt_scenarios::plan::{AbortStatus, ByteScope, EdgeDirection, EdgeFault, Pick, Protocol};
use brunt_scenarios::units::Spread;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::callee::{Callee, scripted};
use crate::{BOUND, counts, eventually, proxy_before};

/// Sends back what it gets, until its caller has closed its side; then it says so.
async fn echoing() -> Callee {
    scripted(|mut stream, _| async move {
        let (mut reads, mut writes) = stream.split();
        let _ = tokio::io::copy(&mut reads, &mut writes).await;
        let _ = writes.write_all(b"bye").await;
    })
    .await
}

async fn to(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap()
}

async fn echoed(stream: &mut TcpStream, bytes: &[u8]) {
    stream.write_all(bytes).await.unwrap();
    let mut heard = vec![0; bytes.len()];
    let heard_all = tokio::time::timeout(BOUND, stream.read_exact(&mut heard)).await;
    heard_all.expect("no echo").unwrap();
    assert_eq!(heard, bytes);
}

#[tokio::test]
async fn any_bytes_pass_unchanged_and_a_half_closed_connection_is_served_on() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let messages: [&[u8]; 6] = [
        b"*1\r\n$4\r\nPING\r\n",
        b"PING\r\n",
        b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03",
        b"\x00\x00\x00\x08\x04\xd2\x16\x2f",
        b"GET key\r\n",
        b"lower case, without any line",
    ];
    for message in messages {
        let mut caller = to(&proxy).await;
        echoed(&mut caller, message).await;
        echoed(&mut caller, &[0xff; 100_000]).await;
        caller.shutdown().await.unwrap();
        let mut rest = String::new();
        caller.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "bye", "after {message:?}");
    }
    assert_eq!(counts(&proxy), (0, 0, 0), "connections are not requests");
}

#[tokio::test]
async fn bytes_that_come_one_by_one_pass_and_so_does_something_that_only_begins_like_http() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut caller = to(&proxy).await;
    for byte in b"*1\r\n$4\r\nPING\r\n" {
        echoed(&mut caller, &[*byte]).await;
    }
    // Its sender waits for an answer, and no line ever ends.
    echoed(&mut to(&proxy).await, b"HELLO server").await;
}

#[tokio::test]
async fn a_server_that_speaks_first_is_heard_and_one_that_only_listens_gets_the_end() {
    let callee = scripted(|mut stream, _| async move {
        let _ = stream.write_all(b"220 ready\r\n").await;
        let mut heard = String::new();
        let _ = stream.read_to_string(&mut heard).await;
        let _ = stream.write_all(heard.to_uppercase().as_bytes()).await;
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut caller = to(&proxy).await;
    let mut greeting = [0; 11];
    let greeted = tokio::time::timeout(BOUND, caller.read_exact(&mut greeting)).await;
    greeted.expect("no greeting").unwrap();
    assert_eq!(&greeting, b"220 ready\r\n");
    caller.write_all(b"get / http").await.unwrap();
    caller.shutdown().await.unwrap();
    let mut rest = String::new();
    caller.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "GET / HTTP");
    // A caller that says nothing at all and closes its side.
    let mut silent = to(&proxy).await;
    silent.shutdown().await.unwrap();
    let mut all = String::new();
    silent.read_to_string(&mut all).await.unwrap();
    assert_eq!(all, "220 ready\r\n");
}

#[tokio::test]
async fn what_is_declared_as_bytes_is_passed_on_at_once_even_if_it_looks_like_http() {
    let callee = echoing().await;
    let endpoints = Endpoints::default();
    endpoints.add(EndpointAddress::local(callee.port));
    let tcp = Some(Protocol::Tcp);
    let proxy = Proxy::start(Some("shop"), "stock", Listen::Free, endpoints, tcp).unwrap();
    proxy.opened().await;
    // The echo of a callee that speaks HTTP would be no reply to it.
    echoed(&mut to(&proxy).await, b"GET / HTTP/1.1\r\nhost: stock\r\n\r\n").await;
    assert_eq!(counts(&proxy), (0, 0, 0));
}

#[tokio::test]
async fn a_caller_that_sends_its_http_request_late_is_still_seen_request_by_request() {
    let callee = crate::callee::serving(|_| async { crate::callee::text("done") }).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut caller = to(&proxy).await;
    // The proxy has given up waiting for the caller once it has connected to the callee.
    eventually(|| callee.connections.load(std::sync::atomic::Ordering::SeqCst) == 1).await;
    for piece in ["GET", " / HTTP/1.1\r\n", "host: stock\r\nconnection: close\r\n\r\n"] {
        caller.write_all(piece.as_bytes()).await.unwrap();
    }
    let mut reply = String::new();
    caller.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 200") && reply.ends_with("done"), "{reply}");
    assert_eq!(counts(&proxy), (1, 1, 0));
}

#[tokio::test]
async fn a_cut_resets_open_connections_and_new_ones_until_it_is_recovered() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut open = to(&proxy).await;
    echoed(&mut open, b"before\n").await;
    let cut = proxy.inject(EdgeFault::Cut);
    assert_eq!(open.read(&mut [0; 8]).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    let mut new = to(&proxy).await;
    new.write_all(b"\x00during").await.unwrap();
    assert_eq!(new.read(&mut [0; 8]).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(proxy.recover(cut), Some(2));
    assert_eq!(counts(&proxy), (2, 0, 2));
    echoed(&mut to(&proxy).await, b"after\n").await;
}

#[tokio::test]
async fn a_half_open_connection_passes_nothing_on_until_the_fault_is_recovered() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut open = to(&proxy).await;
    echoed(&mut open, b"before\n").await;
    let held = proxy.inject(EdgeFault::HalfOpen);
    eventually(|| counts(&proxy) == (1, 0, 1)).await;
    open.write_all(b"during\n").await.unwrap();
    let mut heard = [0; 7];
    let early = tokio::time::timeout(Duration::from_millis(100), open.read_exact(&mut heard)).await;
    assert!(early.is_err(), "it must be held: {early:?}");
    assert_eq!(proxy.recover(held), Some(1));
    open.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"during\n");
}

#[tokio::test]
async fn bytes_of_the_callee_come_later_and_those_of_the_caller_do_not() {
    let heard = Arc::new(AtomicBool::new(false));
    let callee = {
        let heard = Arc::clone(&heard);
        scripted(move |mut stream, _| {
            let heard = Arc::clone(&heard);
            async move {
                let mut asked = [0; 5];
                while stream.read_exact(&mut asked).await.is_ok() {
                    heard.store(true, SeqCst);
                    let _ = stream.write_all(&asked).await;
                }
            }
        })
        .await
    };
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut open = to(&proxy).await;
    echoed(&mut open, b"-one\n").await;
    heard.store(false, SeqCst);
    let delay: Spread = "300ms".parse().unwrap();
    let late = proxy.inject(EdgeFault::Latency {
        delay: delay.into(),
        pick: Pick::All,
        scope: ByteScope::default(),
    });
    let began = Instant::now();
    open.write_all(b"-two\n-thr\n-fou\n").await.unwrap();
    eventually(|| heard.load(SeqCst)).await;
    assert!(began.elapsed() < delay.from.0, "the caller's bytes were late");
    let mut all = [0; 15];
    open.read_exact(&mut all).await.unwrap();
    let took = began.elapsed();
    assert_eq!(&all, b"-two\n-thr\n-fou\n");
    assert!(took >= delay.from.0, "{took:?}");
    assert!(took < 3 * delay.from.0, "one piece must not wait for the delay of another: {took:?}");
    assert_eq!(proxy.recover(late), Some(1), "a connection is hit once");
    assert_eq!(counts(&proxy), (1, 0, 1));
    echoed(&mut open, b"-fiv\n").await;
}

#[tokio::test]
async fn bytes_pass_at_a_rate_that_all_connections_share_until_it_is_lifted() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let (mut one, mut two) = (to(&proxy).await, to(&proxy).await);
    let bytes_per_second = NonZeroU64::new(50_000).unwrap();
    let direction = EdgeDirection::Reply;
    let thin = proxy.inject(EdgeFault::Bandwidth {
        bytes_per_second,
        scope: ByteScope { direction, share: 1.0 },
    });
    let began = Instant::now();
    tokio::join!(echoed(&mut one, &[1; 10_000]), echoed(&mut two, &[2; 10_000]));
    assert!(began.elapsed() >= Duration::from_millis(390), "{:?}", began.elapsed());
    // Ten minutes at that rate.
    let (mut reads, mut writes) = one.split();
    let megabytes = vec![3; 30_000_000];
    let (sent, _) = tokio::join!(writes.write_all(&megabytes), async {
        reads.read_exact(&mut [0; 1000]).await.unwrap();
        assert_eq!(proxy.recover(thin), Some(2));
        let mut rest = vec![0; megabytes.len() - 1000];
        let came = tokio::time::timeout(BOUND, reads.read_exact(&mut rest)).await;
        came.expect("the limit is still there").unwrap();
    });
    sent.unwrap();
}

#[tokio::test]
async fn a_fault_of_requests_hits_no_connection_whose_requests_are_not_seen() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let abort = proxy.inject(EdgeFault::Abort { status: AbortStatus::Http(503), share: 1.0 });
    echoed(&mut to(&proxy).await, b"*1\r\n").await;
    assert_eq!(proxy.recover(abort), Some(0));
    assert_eq!(counts(&proxy), (0, 0, 0));
}

#[tokio::test]
async fn a_connection_of_bytes_is_reset_when_the_callee_resets_it_or_does_not_listen() {
    let callee = scripted(|mut stream, _| async move {
        let _ = stream.read(&mut [0; 1]).await;
        stream.set_zero_linger().unwrap();
    })
    .await;
    let (proxy, endpoints) = proxy_before(&[callee.port]).await;
    let mut caller = to(&proxy).await;
    caller.write_all(b"\x01").await.unwrap();
    assert_eq!(caller.read(&mut [0; 8]).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    endpoints.replace(&[brunt_proxy::EndpointAddress::local(nobody)]);
    let mut caller = to(&proxy).await;
    caller.write_all(b"\x01").await.unwrap();
    assert_eq!(caller.read(&mut [0; 8]).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

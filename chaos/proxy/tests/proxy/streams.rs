//! Faults of what is written on connections, of bytes and of HTTP alike.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use brunt_proxy::{FaultId, Proxy};
use brunt_scenarios::plan::{ByteScope, EdgeDirection, EdgeFault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::callee::{Callee, scripted, serving, text};
use crate::caller::{Caller, once};
use crate::{BOUND, counts, proxy_before};

/// Sends back what it gets.
async fn echoing() -> Callee {
    scripted(|mut stream, _| async move {
        let (mut reads, mut writes) = stream.split();
        let _ = tokio::io::copy(&mut reads, &mut writes).await;
    })
    .await
}

async fn to(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap()
}

/// All that comes back until the end, and how it ended.
async fn all(stream: &mut TcpStream) -> (Vec<u8>, Option<ErrorKind>) {
    let mut heard = Vec::new();
    let read = tokio::time::timeout(BOUND, stream.read_to_end(&mut heard)).await.expect("no end");
    (heard, read.err().map(|error| error.kind()))
}

/// What is echoed of these bytes, in the pieces in which it comes.
async fn pieces(stream: &mut TcpStream, bytes: &[u8]) -> Vec<Vec<u8>> {
    stream.write_all(bytes).await.unwrap();
    let (mut pieces, mut left) = (Vec::new(), bytes.len());
    while left > 0 {
        let mut piece = vec![0; left];
        let read = tokio::time::timeout(BOUND, stream.read(&mut piece)).await;
        let length = read.expect("no echo").unwrap();
        assert!(length > 0, "the connection has ended");
        piece.truncate(length);
        left -= length;
        pieces.push(piece);
    }
    pieces
}

fn scope(direction: EdgeDirection) -> ByteScope {
    ByteScope { direction, share: 1.0 }
}

fn limit(bytes: u64, direction: EdgeDirection) -> EdgeFault {
    EdgeFault::LimitData { bytes, scope: scope(direction) }
}

fn hits(proxy: &Proxy, fault: FaultId) -> Option<u64> {
    proxy.recover(fault)
}

#[tokio::test]
async fn a_connection_is_closed_once_so_many_bytes_have_passed_since_the_fault_began() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut open = to(&proxy).await;
    pieces(&mut open, b"\x01before").await;
    let fault = proxy.inject(limit(10, EdgeDirection::Reply));
    open.write_all(b"0123456789abc").await.unwrap();
    assert_eq!(all(&mut open).await, (b"0123456789".to_vec(), None), "an orderly end");
    let mut new = to(&proxy).await;
    // Exactly so many: nothing more is needed to close it.
    new.write_all(b"\x01123456789").await.unwrap();
    assert_eq!(all(&mut new).await, (b"\x01123456789".to_vec(), None));
    assert_eq!(hits(&proxy, fault), Some(2));
    assert_eq!(counts(&proxy), (2, 0, 2));
    pieces(&mut to(&proxy).await, b"\x01after that as many as there are").await;
}

#[tokio::test]
async fn bytes_of_the_caller_are_limited_as_those_of_the_callee_are() {
    let callee = scripted(|mut stream, _| async move {
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard).await;
        assert_eq!(heard, b"\x0112");
        let _ = stream.write_all(b"bye").await;
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let fault = proxy.inject(limit(3, EdgeDirection::Request));
    let mut caller = to(&proxy).await;
    caller.write_all(b"\x0112345").await.unwrap();
    let (heard, _) = all(&mut caller).await;
    assert_eq!(heard, b"", "both directions end");
    assert_eq!(hits(&proxy, fault), Some(1));
}

#[tokio::test]
async fn bytes_come_in_small_pieces_with_a_pause_after_each() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut open = to(&proxy).await;
    let delay = "20ms".parse().unwrap();
    let size = 100.try_into().unwrap();
    let scope = scope(EdgeDirection::Reply);
    let fault = proxy.inject(EdgeFault::Slice { size, variation: 0, delay, scope });
    let began = Instant::now();
    let came = pieces(&mut open, &[7; 1000]).await;
    assert!(began.elapsed() >= Duration::from_millis(180), "{:?}", began.elapsed());
    // Two pieces may be read as one where this test is late.
    assert!((5..=10).contains(&came.len()), "{came:?}");
    assert_eq!(hits(&proxy, fault), Some(1));
}

#[tokio::test]
async fn the_end_of_a_fault_ends_the_pause_between_two_pieces() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut open = to(&proxy).await;
    let (delay, size) = ("1h".parse().unwrap(), 1.try_into().unwrap());
    let scope = scope(EdgeDirection::Both);
    let fault = proxy.inject(EdgeFault::Slice { size, variation: 0, delay, scope });
    open.write_all(b"\x01more").await.unwrap();
    let mut first = [0; 1];
    open.read_exact(&mut first).await.unwrap();
    assert_eq!(hits(&proxy, fault), Some(1), "both directions are one connection");
    let mut rest = [0; 4];
    let came = tokio::time::timeout(BOUND, open.read_exact(&mut rest)).await;
    came.expect("the pause goes on").unwrap();
    assert_eq!(&rest, b"more");
}

#[tokio::test]
async fn some_bits_are_others_and_no_byte_is_lost() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut open = to(&proxy).await;
    let fault = proxy.inject(EdgeFault::Corrupt { rate: 0.01, scope: scope(EdgeDirection::Reply) });
    let came = pieces(&mut open, &[0; 100_000]).await.concat();
    let wrong: Vec<&u8> = came.iter().filter(|byte| **byte != 0).collect();
    assert!((800..1200).contains(&wrong.len()), "{}", wrong.len());
    assert!(wrong.iter().all(|byte| byte.count_ones() == 1), "one bit each");
    assert_eq!(hits(&proxy, fault), Some(1));
    assert_eq!(pieces(&mut open, &[0; 100_000]).await.concat(), [0; 100_000]);
}

#[tokio::test]
async fn the_end_of_a_connection_comes_later_than_its_last_bytes() {
    let callee = scripted(|mut stream, _| async move {
        let _ = stream.write_all(b"bye").await;
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let delay = "200ms".parse().unwrap();
    let late = proxy.inject(EdgeFault::SlowClose { delay, scope: scope(EdgeDirection::Reply) });
    let mut caller = to(&proxy).await;
    let mut said = [0; 3];
    caller.read_exact(&mut said).await.unwrap();
    let began = Instant::now();
    assert_eq!(all(&mut caller).await, (vec![], None));
    assert!(began.elapsed() >= Duration::from_millis(190), "{:?}", began.elapsed());
    assert_eq!(hits(&proxy, late), Some(1));
}

#[tokio::test]
async fn a_share_of_the_connections_is_hit() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let scope = ByteScope { direction: EdgeDirection::Both, share: 0.5 };
    let fault = proxy.inject(EdgeFault::LimitData { bytes: 2, scope });
    let mut closed = 0;
    for _ in 0..100 {
        let mut one = to(&proxy).await;
        one.write_all(b"\x0112").await.unwrap();
        let mut three = [0; 3];
        closed += u64::from(one.read_exact(&mut three).await.is_err());
    }
    assert!((25..75).contains(&closed), "{closed} of 100");
    assert_eq!(hits(&proxy, fault), Some(closed));
}

#[tokio::test]
async fn replies_of_http_are_cut_off_sliced_and_corrupted_below_it() {
    let callee = serving(|_| async { text("0123456789") }).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    assert_eq!(kept.get("/").await.unwrap().1, "0123456789");
    let (size, delay) = (1.try_into().unwrap(), "0s".parse().unwrap());
    let reply = scope(EdgeDirection::Reply);
    let slices = proxy.inject(EdgeFault::Slice { size, variation: 0, delay, scope: reply });
    assert_eq!(kept.get("/").await.unwrap().1, "0123456789");
    assert_eq!(hits(&proxy, slices), Some(1));
    let limited = proxy.inject(limit(30, EdgeDirection::Reply));
    kept.get("/").await.expect_err("the reply is longer than 30 bytes");
    once(proxy.port(), "/").await.expect_err("as is that of a new connection");
    assert_eq!(hits(&proxy, limited), Some(2));
    let corrupt = proxy.inject(EdgeFault::Corrupt { rate: 1.0, scope: reply });
    once(proxy.port(), "/").await.expect_err("this is no reply");
    assert_eq!(hits(&proxy, corrupt), Some(1));
    assert_eq!(once(proxy.port(), "/").await.unwrap().1, "0123456789");
    let (requests, _, faulted) = counts(&proxy);
    assert_eq!((requests, faulted), (6, 0), "connections are no requests where those are seen");
}

/// A check that rests on such a fault would otherwise pass without anything having happened.
#[tokio::test]
async fn a_fault_that_changes_no_byte_and_delays_none_hits_nothing() {
    let callee = serving(|_| async { text("0123456789") }).await;
    let (over_http, _) = proxy_before(&[callee.port]).await;
    let callee = echoing().await;
    let (opaque, _) = proxy_before(&[callee.port]).await;
    let (size, delay) = (100_000.try_into().unwrap(), "0s".parse().unwrap());
    let scope = scope(EdgeDirection::Both);
    let faults = [
        limit(100_000_000, EdgeDirection::Both),
        EdgeFault::Slice { size, variation: 0, delay, scope },
        EdgeFault::Corrupt { rate: 1e-15, scope },
        EdgeFault::Bandwidth { bytes_per_second: 1_000_000_000.try_into().unwrap(), scope },
    ];
    for fault in faults {
        let id = over_http.inject(fault);
        assert_eq!(once(over_http.port(), "/").await.unwrap().1, "0123456789");
        assert_eq!(hits(&over_http, id), Some(0), "{fault}");
        let id = opaque.inject(fault);
        pieces(&mut to(&opaque).await, b"\x0112345").await;
        assert_eq!(hits(&opaque, id), Some(0), "{fault}");
    }
}

#[tokio::test]
async fn requests_of_http_are_cut_off_on_their_way_to_the_callee() {
    let callee = serving(|_| async { text("done") }).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let limited = proxy.inject(limit(20, EdgeDirection::Request));
    once(proxy.port(), "/").await.expect_err("the callee has read half a request");
    assert_eq!(hits(&proxy, limited), Some(1));
    assert_eq!(once(proxy.port(), "/").await.unwrap().1, "done");
}

#[tokio::test]
async fn connections_and_bytes_are_counted_in_each_direction() {
    let callee = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut one = to(&proxy).await;
    pieces(&mut one, b"\x0112345").await;
    pieces(&mut to(&proxy).await, b"\x01").await;
    let record = proxy.record();
    assert_eq!((record.connections, record.request_bytes, record.reply_bytes), (2, 7, 7));
    assert_eq!(record.opaque_connections, 2);
    let callee = serving(|_| async { text("done") }).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    once(proxy.port(), "/").await.unwrap();
    assert_eq!((proxy.record().connections, proxy.record().opaque_connections), (1, 0));
}

//! Faults, on fresh connections and on those that are open already.

use std::io::ErrorKind;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use brunt_scenarios::plan::{AbortStatus, ByteScope, EdgeDirection, EdgeFault, Pick};

use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::callee::{Callee, serving, text};
use crate::caller::{Caller, a_request, once, raw, read_reply};
use crate::{counts, eventually, proxy_before};

const GET: &str = "GET / HTTP/1.1\r\nHost: stock\r\n\r\n";

/// A callee that counts what it has done.
async fn counting() -> (Callee, Arc<AtomicUsize>) {
    let done = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&done);
    let callee = serving(move |_| {
        let counter = Arc::clone(&counter);
        async move {
            counter.fetch_add(1, SeqCst);
            text("done")
        }
    })
    .await;
    (callee, done)
}

fn is_reset(error: &hyper::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return io.kind() == ErrorKind::ConnectionReset;
        }
        source = error.source();
    }
    false
}

#[tokio::test]
async fn latency_delays_replies_until_it_is_recovered() {
    let (callee, _) = counting().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    kept.get("/").await.unwrap();
    let fault = proxy.inject(EdgeFault::Latency {
        delay: "150ms".parse().unwrap(),
        pick: Pick::All,
        scope: ByteScope::default(),
    });
    let began = Instant::now();
    assert_eq!(kept.get("/").await.unwrap(), (200, "done".to_owned()));
    assert!(began.elapsed() >= Duration::from_millis(150));
    let began = Instant::now();
    once(proxy.port(), "/").await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(150));
    assert_eq!(counts(&proxy), (3, 3, 2));
    assert_eq!(proxy.recover(fault), Some(2));
    let began = Instant::now();
    kept.get("/").await.unwrap();
    assert!(began.elapsed() < Duration::from_millis(150));
    assert_eq!(counts(&proxy), (4, 4, 2));
}

#[tokio::test]
async fn an_abort_replies_in_place_of_the_callee() {
    let (callee, done) = counting().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    kept.get("/").await.unwrap();
    let fault = proxy.inject(EdgeFault::Abort { status: AbortStatus::Http(503), share: 1.0 });
    assert_eq!(kept.post("/", "a body that nobody reads").await.unwrap(), (503, String::new()));
    assert_eq!(once(proxy.port(), "/").await.unwrap(), (503, String::new()));
    assert_eq!(done.load(SeqCst), 1);
    assert_eq!(counts(&proxy), (3, 1, 2));
    assert_eq!(proxy.recover(fault), Some(2));
    assert_eq!(kept.get("/").await.unwrap().0, 200);
}

#[tokio::test]
async fn an_abort_of_a_share_forwards_the_other_requests() {
    let (callee, done) = counting().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let fault = proxy.inject(EdgeFault::Abort { status: AbortStatus::Http(429), share: 0.5 });
    let mut kept = Caller::to(proxy.port()).await;
    let mut aborted = 0;
    for _ in 0..200 {
        aborted += u64::from(kept.get("/").await.unwrap().0 == 429);
    }
    assert!((50..150).contains(&aborted), "{aborted} of 200");
    assert_eq!(proxy.recover(fault), Some(aborted));
    assert_eq!(done.load(SeqCst) as u64, 200 - aborted);
    assert_eq!(counts(&proxy), (200, 200 - aborted, aborted));
}

#[tokio::test]
async fn a_cut_resets_connections_before_the_callee_is_reached() {
    let (callee, done) = counting().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    kept.get("/").await.unwrap();
    let fault = proxy.inject(EdgeFault::Cut);
    let error = kept.post("/", "an order").await.unwrap_err();
    assert!(is_reset(&error), "{error:?}");
    assert_eq!(raw(proxy.port(), GET).await, (String::new(), Some(ErrorKind::ConnectionReset)));
    assert_eq!(done.load(SeqCst), 1);
    assert_eq!(counts(&proxy), (3, 1, 2));
    assert_eq!(proxy.recover(fault), Some(2));
    assert_eq!(once(proxy.port(), "/").await.unwrap().0, 200);
}

#[tokio::test]
async fn a_refusal_resets_new_connections_and_keeps_open_ones() {
    let (callee, done) = counting().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    kept.get("/").await.unwrap();
    let fault = proxy.inject(EdgeFault::Refuse);
    let mut refused = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let error = refused.read(&mut [0; 1]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    kept.post("/", "an order").await.unwrap();
    assert_eq!(done.load(SeqCst), 2);
    assert_eq!(counts(&proxy), (3, 2, 1));
    assert_eq!(proxy.recover(fault), Some(1));
    assert_eq!(once(proxy.port(), "/").await.unwrap().0, 200);
}

#[tokio::test]
async fn a_lost_reply_is_lost_after_the_callee_has_done_its_work() {
    let (callee, done) = counting().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    kept.get("/").await.unwrap();
    let fault = proxy.inject(EdgeFault::LostReply { share: 1.0 });
    let error = kept.post("/", "an order").await.unwrap_err();
    assert!(is_reset(&error), "{error:?}");
    assert_eq!(raw(proxy.port(), GET).await, (String::new(), Some(ErrorKind::ConnectionReset)));
    assert_eq!(done.load(SeqCst), 3);
    assert_eq!(counts(&proxy), (3, 3, 2));
    assert_eq!(proxy.recover(fault), Some(2));
    assert_eq!(proxy.recover(fault), None);
    assert_eq!(once(proxy.port(), "/").await.unwrap().0, 200);
}

#[tokio::test]
async fn a_slow_reply_has_its_head_in_time_and_its_body_late() {
    let (callee, _) = counting().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    let fault = proxy.inject(EdgeFault::SlowReply("300ms".parse().unwrap()));
    let began = Instant::now();
    let reply = kept.send(a_request("GET", "/", "")).await.unwrap();
    let head = began.elapsed();
    assert_eq!(read_reply(reply).await.unwrap(), (200, "done".to_owned()));
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert!(
        began.elapsed() - head >= Duration::from_millis(200),
        "the head came {head:?} after the request"
    );
    assert_eq!(proxy.recover(fault), Some(1));
    assert_eq!(kept.get("/").await.unwrap(), (200, "done".to_owned()));
}

#[tokio::test]
async fn a_half_open_edge_neither_replies_nor_closes_until_it_is_recovered() {
    let (callee, done) = counting().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    kept.get("/").await.unwrap();
    let fault = proxy.inject(EdgeFault::HalfOpen);
    let mut waiting = tokio::spawn(async move { kept.get("/").await });
    let silence = tokio::time::timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(silence.is_err(), "it is answered: {silence:?}");
    assert_eq!(done.load(SeqCst), 1, "the callee has heard of it");
    assert_eq!(proxy.recover(fault), Some(1));
    assert!(is_reset(&waiting.await.unwrap().unwrap_err()));
    assert_eq!(once(proxy.port(), "/").await.unwrap().0, 200);
    assert_eq!(counts(&proxy), (3, 2, 1));
}

#[tokio::test]
async fn a_duplicated_request_reaches_the_callee_twice_with_its_body() {
    let heard: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
    let hearing = Arc::clone(&heard);
    let callee = serving(move |request| {
        let hearing = Arc::clone(&hearing);
        async move {
            let body =
                http_body_util::BodyExt::collect(request.into_body()).await.unwrap().to_bytes();
            let mut heard = hearing.lock().unwrap();
            heard.push(String::from_utf8(body.to_vec()).unwrap());
            text(heard.len().to_string())
        }
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let fault = proxy.inject(EdgeFault::Duplicate { share: 1.0 });
    let mut kept = Caller::to(proxy.port()).await;
    assert_eq!(kept.post("/orders", "one tea").await.unwrap(), (200, "1".to_owned()));
    eventually(|| heard.lock().unwrap().len() == 2).await;
    assert_eq!(*heard.lock().unwrap(), ["one tea", "one tea"]);
    assert_eq!(proxy.recover(fault), Some(1));
    kept.post("/orders", "another").await.unwrap();
    eventually(|| heard.lock().unwrap().len() == 3).await;
    assert_eq!(counts(&proxy), (2, 3, 1));
}

#[tokio::test]
async fn what_follows_the_body_of_a_duplicated_request_comes_twice_as_well() {
    let heard: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
    let hearing = Arc::clone(&heard);
    let callee = serving(move |request| {
        let hearing = Arc::clone(&hearing);
        async move {
            let whole = request.into_body().collect().await.unwrap();
            let sum = whole.trailers().and_then(|all| all.get("checksum")).cloned();
            let sum = sum.map(|sum| sum.to_str().unwrap().to_owned());
            hearing.lock().unwrap().push(sum.unwrap_or_default());
            text("heard")
        }
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    proxy.inject(EdgeFault::Duplicate { share: 1.0 });
    let mut caller = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let request = "POST /orders HTTP/1.1\r\nhost: shop\r\ntransfer-encoding: chunked\r\n\
                   trailer: checksum\r\n\r\n3\r\ntea\r\n0\r\nchecksum: 42\r\n\r\n";
    caller.write_all(request.as_bytes()).await.unwrap();
    eventually(|| heard.lock().unwrap().len() == 2).await;
    assert_eq!(*heard.lock().unwrap(), ["42", "42"]);
}

fn bandwidth(direction: EdgeDirection, bytes_per_second: u64) -> EdgeFault {
    let bytes_per_second = NonZeroU64::new(bytes_per_second).unwrap();
    EdgeFault::Bandwidth { bytes_per_second, scope: ByteScope { direction, share: 1.0 } }
}

/// A callee that reads the whole request and replies with as many bytes as its path says.
async fn sized() -> Callee {
    serving(move |request| async move {
        let size: usize = request.uri().path()[1..].parse().unwrap();
        request.into_body().collect().await.unwrap();
        text("x".repeat(size))
    })
    .await
}

#[tokio::test]
async fn a_bandwidth_is_shared_by_the_replies_of_all_connections() {
    let callee = sized().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    kept.get("/1").await.unwrap();
    let fault = proxy.inject(bandwidth(EdgeDirection::Reply, 100_000));
    let began = Instant::now();
    let (one, other) = tokio::join!(kept.get("/20000"), once(proxy.port(), "/20000"));
    assert_eq!((one.unwrap().1.len(), other.unwrap().1.len()), (20_000, 20_000));
    assert!(began.elapsed() >= Duration::from_millis(390), "{:?}", began.elapsed());
    assert_eq!(counts(&proxy), (3, 3, 2));
    assert_eq!(proxy.recover(fault), Some(2));
    let began = Instant::now();
    kept.get("/1000000").await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(counts(&proxy), (4, 4, 2));
}

#[tokio::test]
async fn a_bandwidth_for_requests_delays_them_and_not_their_replies() {
    let callee = sized().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    let fault = proxy.inject(bandwidth(EdgeDirection::Request, 100_000));
    let began = Instant::now();
    let (status, body) = kept.post("/1000000", &"x".repeat(20_000)).await.unwrap();
    assert_eq!((status, body.len()), (200, 1_000_000));
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(195), "{took:?}");
    assert!(took < Duration::from_secs(10), "the reply is limited, too: {took:?}");
    assert_eq!(counts(&proxy), (1, 1, 1));
    assert_eq!(proxy.recover(fault), Some(1));
}

#[tokio::test]
async fn a_reply_that_is_under_way_passes_at_once_when_its_bandwidth_is_recovered() {
    let callee = sized().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let fault = proxy.inject(bandwidth(EdgeDirection::Reply, 1000));
    let port = proxy.port();
    let mut reply = Caller::to(port).await.send(a_request("GET", "/1000000", "")).await.unwrap();
    let first = reply.body_mut().frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(first.len() <= 100, "{} bytes came at a time", first.len());
    assert_eq!(proxy.recover(fault), Some(1));
    let began = Instant::now();
    assert_eq!(read_reply(reply).await.unwrap().1.len(), 1_000_000 - first.len());
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_latency_of_requests_lets_the_callee_hear_late() {
    let (callee, done) = counting().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let scope = ByteScope { direction: EdgeDirection::Request, share: 1.0 };
    let delay = "300ms".parse().unwrap();
    let fault = proxy.inject(EdgeFault::Latency { delay, pick: Pick::All, scope });
    let began = Instant::now();
    let (reply, heard) = tokio::join!(once(proxy.port(), "/"), async {
        eventually(|| done.load(SeqCst) == 1).await;
        began.elapsed()
    });
    assert_eq!(reply.unwrap().0, 200);
    assert!(heard >= Duration::from_millis(300), "{heard:?}");
    assert_eq!(proxy.recover(fault), Some(1));
    assert_eq!(counts(&proxy), (1, 1, 1));
}

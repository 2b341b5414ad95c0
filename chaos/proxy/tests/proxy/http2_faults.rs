//! Faults hit single streams of a connection of HTTP/2.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use brunt_scenarios::plan::{AbortStatus, ByteScope, EdgeFault, Pick};
use bytes::Bytes;
use h2::Reason;
use http::Response;

use crate::callee::Callee;
use crate::http2_peers::{
    Http2Caller, WholeReply, answer_grpc, grpc_call, grpc_message, grpc_ok, read_body, read_whole,
    reset_reason, serving_http2,
};
use crate::{counts, eventually, proxy_before};

/// A callee that sends each message back, and counts what it has done. A stream that is called
/// `Chat` goes on until its caller ends it.
async fn echoing() -> (Callee, Arc<AtomicUsize>) {
    let done = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&done);
    let callee = serving_http2(move |request, mut reply| {
        let counter = Arc::clone(&counter);
        async move {
            assert_eq!(request.headers()["x-token"], "the same each time");
            if !request.uri().path().ends_with("Chat") {
                let message = read_body(request.into_body()).await.unwrap_or_default();
                counter.fetch_add(1, SeqCst);
                return answer_grpc(reply, message);
            }
            let mut sending = reply.send_response(Response::new(()), false).unwrap();
            let mut body = request.into_body();
            while let Some(Ok(data)) = body.data().await {
                body.flow_control().release_capacity(data.len()).unwrap();
                let _ = sending.send_data(data, false);
            }
            let _ = sending.send_trailers(grpc_ok());
        }
    })
    .await;
    (callee, done)
}

fn latency(delay: &str) -> EdgeFault {
    let delay = delay.parse().unwrap();
    EdgeFault::Latency { delay, pick: Pick::All, scope: ByteScope::default() }
}

fn is_echo(reply: &WholeReply, message: &[u8]) -> bool {
    reply.body == grpc_message(message) && reply.trailers["grpc-status"] == "0"
}

#[tokio::test]
async fn a_latency_delays_replies_of_an_open_connection_and_their_parts_stay_in_order() {
    let (callee, _) = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    caller.call("a.B/C", b"before").await.unwrap();
    let fault = proxy.inject(latency("50ms..150ms"));
    let began = Instant::now();
    let calls = (0..20_u8).map(|number| {
        let caller = caller.clone();
        tokio::spawn(async move {
            let reply = caller.call("a.B/C", &[number]).await.unwrap();
            assert!(is_echo(&reply, &[number]), "{reply:?}");
            Instant::now()
        })
    });
    let calls: Vec<_> = calls.collect();
    for call in calls {
        assert!(call.await.unwrap() - began >= Duration::from_millis(50));
    }
    assert_eq!(proxy.recover(fault), Some(20));
    let began = Instant::now();
    assert!(is_echo(&caller.call("a.B/C", b"after").await.unwrap(), b"after"));
    assert!(began.elapsed() < Duration::from_millis(50));
    assert_eq!(counts(&proxy), (22, 22, 20));
}

#[tokio::test]
async fn a_latency_delays_each_message_of_a_stream_that_is_open_already() {
    let (callee, _) = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    let (reply, mut sending) = caller.begin(grpc_call("a.B/Chat"), false).await.unwrap();
    let mut replies = reply.await.unwrap().into_body();
    let fault = proxy.inject(latency("100ms"));
    for word in ["one", "two"] {
        let began = Instant::now();
        sending.send_data(word.into(), false).unwrap();
        assert_eq!(replies.data().await.unwrap().unwrap(), word);
        assert!(began.elapsed() >= Duration::from_millis(100), "{:?}", began.elapsed());
    }
    assert_eq!(proxy.recover(fault), Some(1));
    assert_eq!(counts(&proxy), (1, 1, 1));
}

#[tokio::test]
async fn an_abort_replies_in_place_of_the_callee_and_the_connection_goes_on() {
    let (callee, done) = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    caller.call("a.B/C", b"before").await.unwrap();
    let fault = proxy.inject(EdgeFault::Abort { status: AbortStatus::Http(503), share: 1.0 });
    let reply = caller.call("a.B/C", b"meanwhile").await.unwrap();
    assert_eq!((reply.status, reply.body), (503, Bytes::new()));
    // A body that nobody reads takes nothing of what the next requests may send.
    for _ in 0..20 {
        let body = vec![b'x'; 60_000];
        let reply = caller.send(grpc_call("a.B/C"), body.into()).await;
        assert!(matches!(&reply, Ok(WholeReply { status: 503, .. })), "{reply:?}");
    }
    assert_eq!(proxy.recover(fault), Some(21));
    assert!(is_echo(&caller.call("a.B/C", b"after").await.unwrap(), b"after"));
    assert_eq!(done.load(SeqCst), 2);
    assert_eq!((counts(&proxy), callee.connections.load(SeqCst)), ((23, 2, 21), 1));
}

#[tokio::test]
async fn an_abort_with_a_status_of_grpc_ends_calls_and_no_other_requests() {
    let (callee, done) = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    let fault = proxy.inject(EdgeFault::Abort { status: AbortStatus::Grpc(14), share: 1.0 });
    let reply = caller.call("a.B/C", b"meanwhile").await.unwrap();
    assert_eq!((reply.status, reply.body), (200, Bytes::new()));
    assert_eq!(reply.headers["content-type"], "application/grpc");
    assert_eq!(reply.headers["grpc-status"], "14");
    assert_eq!(reply.headers["grpc-message"], "fault injected by brunt");
    assert!(reply.trailers.is_empty(), "head and end are one");
    let mut plain = grpc_call("a.B/C");
    plain.headers_mut().insert("content-type", "application/json".parse().unwrap());
    caller.send(plain, Bytes::from_static(b"{}")).await.unwrap();
    assert_eq!(done.load(SeqCst), 1, "that was no call");
    assert_eq!(proxy.recover(fault), Some(1));
    assert!(is_echo(&caller.call("a.B/C", b"after").await.unwrap(), b"after"));
    assert_eq!(counts(&proxy), (3, 2, 1));
}

#[tokio::test]
async fn an_abort_of_a_share_leaves_the_other_streams_of_a_connection_alone() {
    let (callee, done) = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    let fault = proxy.inject(EdgeFault::Abort { status: AbortStatus::Http(429), share: 0.5 });
    let calls = (0..200_u8).map(|number| {
        let caller = caller.clone();
        tokio::spawn(async move {
            let reply = caller.call("a.B/C", &[number]).await.unwrap();
            assert!(reply.status == 429 || is_echo(&reply, &[number]), "{reply:?}");
            u64::from(reply.status == 429)
        })
    });
    let calls: Vec<_> = calls.collect();
    let mut aborted = 0;
    for call in calls {
        aborted += call.await.unwrap();
    }
    assert!((50..150).contains(&aborted), "{aborted} of 200");
    assert_eq!(proxy.recover(fault), Some(aborted));
    assert_eq!(done.load(SeqCst) as u64, 200 - aborted);
    assert_eq!(counts(&proxy), (200, 200 - aborted, aborted));
}

#[tokio::test]
async fn a_cut_resets_new_streams_and_open_ones_and_keeps_the_connection() {
    let (callee, done) = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    let (reply, mut sending) = caller.begin(grpc_call("a.B/Chat"), false).await.unwrap();
    let mut replies = reply.await.unwrap().into_body();
    sending.send_data("one".into(), false).unwrap();
    assert_eq!(replies.data().await.unwrap().unwrap(), "one");
    let fault = proxy.inject(EdgeFault::Cut);
    let cut = replies.data().await.unwrap().unwrap_err();
    assert_eq!(reset_reason(&cut), Some(Reason::INTERNAL_ERROR));
    let cut = caller.call("a.B/C", b"an order").await.unwrap_err();
    assert_eq!(reset_reason(&cut), Some(Reason::INTERNAL_ERROR));
    assert_eq!(done.load(SeqCst), 0);
    assert_eq!(counts(&proxy), (2, 1, 2));
    assert_eq!(proxy.recover(fault), Some(2));
    assert!(is_echo(&caller.call("a.B/C", b"after").await.unwrap(), b"after"));
    assert_eq!(callee.connections.load(SeqCst), 1);
}

#[tokio::test]
async fn a_lost_reply_is_lost_after_the_callee_has_done_its_work() {
    let (callee, done) = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    caller.call("a.B/C", b"before").await.unwrap();
    let fault = proxy.inject(EdgeFault::LostReply { share: 1.0 });
    for number in 1..=10 {
        // Replies that nobody reads take nothing of what the callee may send later.
        let lost = caller.call("a.B/C", &[b'x'; 30_000]).await.unwrap_err();
        assert_eq!(reset_reason(&lost), Some(Reason::INTERNAL_ERROR));
        assert_eq!(done.load(SeqCst), number + 1);
    }
    assert_eq!(proxy.recover(fault), Some(10));
    assert!(is_echo(&caller.call("a.B/C", &[b'y'; 30_000]).await.unwrap(), &[b'y'; 30_000]));
    assert_eq!(counts(&proxy), (12, 12, 10));
}

#[tokio::test]
async fn a_slow_reply_has_its_head_in_time_and_its_body_late() {
    let (callee, _) = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    let fault = proxy.inject(EdgeFault::SlowReply("300ms".parse().unwrap()));
    let began = Instant::now();
    let (reply, mut sending) = caller.begin(grpc_call("a.B/C"), false).await.unwrap();
    sending.send_data(grpc_message(b"one"), true).unwrap();
    let reply = reply.await.unwrap();
    let head = began.elapsed();
    assert!(is_echo(&read_whole(reply).await.unwrap(), b"one"));
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert!(began.elapsed() - head >= Duration::from_millis(200), "the head came after {head:?}");
    assert_eq!(proxy.recover(fault), Some(1));
    assert_eq!(counts(&proxy), (1, 1, 1));
}

#[tokio::test]
async fn a_half_open_edge_neither_replies_nor_closes_until_it_is_recovered() {
    let (callee, done) = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    caller.call("a.B/C", b"before").await.unwrap();
    let fault = proxy.inject(EdgeFault::HalfOpen);
    let asking = caller.clone();
    let mut waiting = tokio::spawn(async move { asking.call("a.B/C", b"meanwhile").await });
    eventually(|| counts(&proxy).2 == 1).await;
    let silence = tokio::time::timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(silence.is_err(), "it is answered: {silence:?}");
    assert_eq!(done.load(SeqCst), 1, "the callee has heard of it");
    assert_eq!(proxy.recover(fault), Some(1));
    let reset = waiting.await.unwrap().unwrap_err();
    assert_eq!(reset_reason(&reset), Some(Reason::INTERNAL_ERROR));
    assert!(is_echo(&caller.call("a.B/C", b"after").await.unwrap(), b"after"));
    assert_eq!(counts(&proxy), (3, 2, 1));
}

#[tokio::test]
async fn a_duplicated_call_reaches_the_callee_twice_and_a_stream_does_not() {
    let (callee, done) = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    let fault = proxy.inject(EdgeFault::Duplicate { share: 1.0 });
    assert!(is_echo(&caller.call("a.B/C", b"one tea").await.unwrap(), b"one tea"));
    eventually(|| done.load(SeqCst) == 2).await;
    let two = [grpc_message(b"one"), grpc_message(b"two")].concat();
    caller.send(grpc_call("a.B/Chat"), two.into()).await.unwrap();
    assert_eq!(proxy.recover(fault), Some(1));
    assert!(is_echo(&caller.call("a.B/C", b"after").await.unwrap(), b"after"));
    assert_eq!((done.load(SeqCst), counts(&proxy)), (3, (3, 4, 1)));
}

#[tokio::test]
async fn a_bandwidth_limits_what_passes_on_a_connection() {
    let (callee, _) = echoing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    caller.call("a.B/C", b"before").await.unwrap();
    let bytes_per_second = NonZeroU64::new(100_000).unwrap();
    let scope = ByteScope::default();
    let fault = proxy.inject(EdgeFault::Bandwidth { bytes_per_second, scope });
    let began = Instant::now();
    let (one, other) =
        tokio::join!(caller.call("a.B/C", &[1; 20_000]), caller.call("a.B/C", &[2; 20_000]));
    assert!(is_echo(&one.unwrap(), &[1; 20_000]) && is_echo(&other.unwrap(), &[2; 20_000]));
    assert!(began.elapsed() >= Duration::from_millis(390), "{:?}", began.elapsed());
    assert_eq!(proxy.recover(fault), Some(2));
    assert_eq!(counts(&proxy), (3, 3, 2));
}

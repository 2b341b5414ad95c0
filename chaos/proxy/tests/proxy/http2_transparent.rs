//! Without a fault, peers that speak HTTP/2 cannot tell that the proxy is there.

use std::future::poll_fn;
use std::sync::atomic::Ordering::SeqCst;

use bytes::Bytes;
use h2::{Ping, Reason};
use http::{HeaderMap, Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::callee::scripted;
use crate::http2_peers::{
    Http2Caller, answer_grpc, grpc_call, grpc_message, grpc_ok, read_body, read_whole,
    reset_reason, send_all, serving_http2,
};
use crate::{counts, proxy_before};

#[tokio::test]
async fn calls_and_their_replies_pass_with_metadata_and_trailers() {
    let callee = serving_http2(|request, mut reply| async move {
        assert_eq!(request.uri().path(), "/stock.Stocks/Take");
        assert_eq!(request.headers()["x-bin"], "AAEC");
        let tokens: Vec<_> = request.headers().get_all("x-two").iter().collect();
        assert_eq!(tokens, ["a", "b"]);
        let body = read_body(request.into_body()).await.unwrap();
        let head = Response::builder().header("grpc-encoding", "gzip").header("x-reply-bin", "/w");
        let mut sending = reply.send_response(head.body(()).unwrap(), false).unwrap();
        sending.send_data(body, false).unwrap();
        let mut trailers = grpc_ok();
        trailers.insert("grpc-message", "fine%21".parse().unwrap());
        sending.send_trailers(trailers).unwrap();
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    for number in 1..=3 {
        let mut request = grpc_call("stock.Stocks/Take");
        for (name, value) in [("x-bin", "AAEC"), ("x-two", "a"), ("x-two", "b")] {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        let message = grpc_message(b"one tea");
        let reply = caller.send(request, message.clone()).await.unwrap();
        assert_eq!((reply.status, reply.body), (200, message));
        assert_eq!(
            (&reply.headers["grpc-encoding"], &reply.headers["x-reply-bin"]),
            (&"gzip".parse().unwrap(), &"/w".parse().unwrap())
        );
        assert_eq!(reply.trailers["grpc-message"], "fine%21");
        assert_eq!(counts(&proxy), (number, number, 0));
    }
    assert_eq!(callee.connections.load(SeqCst), 1);
}

#[tokio::test]
async fn trailers_of_requests_and_informational_replies_pass() {
    let callee = serving_http2(|request, mut reply| async move {
        let early = Response::builder().status(103).header("link", "</style.css>");
        reply.send_informational(early.body(()).unwrap()).unwrap();
        let mut body = request.into_body();
        while body.data().await.is_some() {}
        let sum = body.trailers().await.unwrap().unwrap().remove("x-sum").unwrap();
        let head = Response::builder().header("x-sum", sum);
        reply.send_response(head.body(()).unwrap(), true).unwrap();
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    let (mut reply, mut sending) = caller.begin(grpc_call("a.B/C"), false).await.unwrap();
    let early = poll_fn(|cx| reply.poll_informational(cx)).await.unwrap().unwrap();
    assert_eq!(
        (early.status().as_u16(), &early.headers()["link"]),
        (103, &"</style.css>".parse().unwrap())
    );
    sending.send_data("ab".into(), false).unwrap();
    let mut trailers = HeaderMap::new();
    trailers.insert("x-sum", "7".parse().unwrap());
    sending.send_trailers(trailers).unwrap();
    assert_eq!(reply.await.unwrap().headers()["x-sum"], "7");
}

#[tokio::test]
async fn messages_of_a_stream_pass_both_ways_as_they_come() {
    let callee = serving_http2(|request, mut reply| async move {
        let mut sending = reply.send_response(Response::new(()), false).unwrap();
        let mut body = request.into_body();
        while let Some(data) = body.data().await {
            sending.send_data(data.unwrap(), false).unwrap();
        }
        sending.send_trailers(grpc_ok()).unwrap();
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    let (reply, mut sending) = caller.begin(grpc_call("a.B/Chat"), false).await.unwrap();
    let mut replies = reply.await.unwrap().into_body();
    for word in ["one", "two", "three"] {
        sending.send_data(word.into(), false).unwrap();
        assert_eq!(replies.data().await.unwrap().unwrap(), word);
        // A unary call beside it.
        let unary = caller.call("a.B/Echo", word.as_bytes()).await.unwrap();
        assert_eq!(unary.body, grpc_message(word.as_bytes()));
    }
    sending.send_data(Bytes::new(), true).unwrap();
    assert!(replies.data().await.is_none());
    assert_eq!(replies.trailers().await.unwrap().unwrap()["grpc-status"], "0");
}

const PIECES: usize = 4;

#[tokio::test]
async fn large_messages_pass_both_ways_within_the_windows() {
    let callee = serving_http2(|request, mut reply| async move {
        let heard = read_body(request.into_body()).await.unwrap().len();
        let head = Response::builder().header("x-heard", heard);
        let mut sending = reply.send_response(head.body(()).unwrap(), false).unwrap();
        send_all(&mut sending, &Bytes::from(vec![b'r'; 1 << 20]), PIECES).await;
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    let (reply, mut sending) = caller.begin(grpc_call("a.B/Big"), false).await.unwrap();
    send_all(&mut sending, &Bytes::from(vec![b'q'; 1 << 20]), PIECES).await;
    let reply = read_whole(reply.await.unwrap()).await.unwrap();
    assert_eq!(reply.headers["x-heard"], (PIECES << 20).to_string());
    assert_eq!(reply.body.len(), PIECES << 20);
    assert!(reply.body.iter().all(|byte| *byte == b'r'));
}

#[tokio::test]
async fn a_slow_reader_holds_back_its_own_stream_and_no_other() {
    let callee = serving_http2(|request, mut reply| async move {
        if request.uri().path() == "/a.B/Small" {
            return answer_grpc(reply, grpc_message(b"small"));
        }
        let mut sending = reply.send_response(Response::new(()), false).unwrap();
        send_all(&mut sending, &Bytes::from(vec![b'r'; 1 << 20]), 4).await;
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    let small = caller.call("a.B/Small", b"").await.unwrap();
    assert_eq!(small.body, grpc_message(b"small"));
    let (reply, _sending) = caller.begin(grpc_call("a.B/Big"), true).await.unwrap();
    let mut slow = reply.await.unwrap().into_body();
    assert!(!slow.data().await.unwrap().unwrap().is_empty());
    // Nothing of it has been released, so its window is used up; another stream has its own.
    let small = caller.call("a.B/Small", b"").await.unwrap();
    assert_eq!(small.trailers["grpc-status"], "0");
}

#[tokio::test]
async fn a_reset_reaches_the_other_side_with_its_reason() {
    let (heard, mut resets) = tokio::sync::mpsc::unbounded_channel();
    let callee = serving_http2(move |request, mut reply| {
        let heard = heard.clone();
        async move {
            if request.uri().path() == "/a.B/Refuse" {
                reply.send_reset(Reason::REFUSED_STREAM);
                return;
            }
            let mut sending = reply.send_response(Response::new(()), false).unwrap();
            heard.send(poll_fn(|cx| sending.poll_reset(cx)).await.unwrap()).unwrap();
        }
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = Http2Caller::to(proxy.port()).await;
    let refused = caller.call("a.B/Refuse", b"").await.unwrap_err();
    assert_eq!(reset_reason(&refused), Some(Reason::REFUSED_STREAM));
    let (reply, mut sending) = caller.begin(grpc_call("a.B/Long"), false).await.unwrap();
    let reply = reply.await.unwrap();
    sending.send_reset(Reason::CANCEL);
    assert_eq!(resets.recv().await, Some(Reason::CANCEL));
    drop(reply);
    let refused = caller.call("a.B/Refuse", b"").await.unwrap_err();
    assert_eq!(reset_reason(&refused), Some(Reason::REFUSED_STREAM), "the connection goes on");
}

#[tokio::test]
async fn a_graceful_stop_lets_streams_end_and_tells_the_caller_to_go() {
    let callee = scripted(|stream, _| async move {
        let mut connection = h2::server::handshake(stream).await.unwrap();
        let (request, reply) = connection.accept().await.unwrap().unwrap();
        connection.graceful_shutdown();
        tokio::spawn(async move {
            let message = read_body(request.into_body()).await.unwrap();
            answer_grpc(reply, message);
        });
        while connection.accept().await.is_some() {}
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let (caller, end) = Http2Caller::with_end(proxy.port()).await;
    let (reply, mut sending) = caller.begin(grpc_call("a.B/Last"), false).await.unwrap();
    // Once it has been told to go, no other request begins.
    let refused = loop {
        if let Err(error) = caller.begin(grpc_call("a.B/Late"), true).await {
            break error;
        }
        tokio::task::yield_now().await;
    };
    assert!(refused.is_go_away(), "{refused:?}");
    sending.send_data(grpc_message(b"last"), true).unwrap();
    let last = read_whole(reply.await.unwrap()).await.unwrap();
    assert_eq!(last.body, grpc_message(b"last"));
    drop(caller);
    end.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_ping_is_answered_by_the_callee_itself() {
    // It never says a word, as a process that is frozen.
    let callee = scripted(|mut stream, _| async move {
        let mut heard = vec![0; 1 << 16];
        while stream.read(&mut heard).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let stream = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let (_sender, mut connection) = h2::client::handshake(stream).await.unwrap();
    let mut pings = connection.ping_pong().unwrap();
    tokio::spawn(connection);
    let pong =
        tokio::time::timeout(std::time::Duration::from_millis(300), pings.ping(Ping::opaque()));
    assert!(pong.await.is_err(), "the proxy answers in the callee's place");
}

/// A frame.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    out.extend([kind, flags]);
    out.extend(stream.to_be_bytes());
    out.extend(payload);
    out
}

pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#[tokio::test]
async fn every_byte_passes_as_it_is_until_there_is_a_fault() {
    let said = [
        PREFACE.to_vec(),
        frame(4, 0, 0, &[0, 3, 0, 0, 0, 100]),
        frame(8, 0, 0, &[0, 0x0f, 0, 0]),
        frame(2, 0, 9, &[0, 0, 0, 0, 7]),
        // Headers in a table, padded, with a priority, in two frames.
        frame(1, 0x28, 1, &[2, 0, 0, 0, 0, 7, 0x83, 0x86, 0x84, 0, 0]),
        frame(9, 0x4, 1, &[0x40, 1, b'x', 1, b'y', 0x41, 1, b's']),
        frame(0, 0x8, 1, &[1, b'a', 0]),
        frame(6, 0, 0, b"12345678"),
        frame(0xfa, 0x55, 3, b"nobody knows this"),
        frame(1, 0x5, 3, &[0x83, 0x86, 0x84, 0xbe]),
        frame(1, 0x5, 1, &[0xbf]),
        frame(7, 0, 0, &[0, 0, 0, 0, 0, 0, 0, 0, b'b', b'y', b'e']),
    ]
    .concat();
    let replied = [
        frame(4, 0, 0, &[]),
        frame(4, 1, 0, &[]),
        frame(1, 0x4, 1, &[0x88, 0x40, 1, b'z', 1, b'1']),
        frame(8, 0, 1, &[0, 0, 0, 9]),
        frame(0, 0, 1, b"body"),
        frame(1, 0x5, 1, &[0xbe]),
        frame(3, 0, 3, &[0, 0, 0, 7]),
        frame(6, 1, 0, b"12345678"),
    ]
    .concat();
    let (length, reply) = (said.len(), replied.clone());
    let (heard, mut hearing) = tokio::sync::mpsc::unbounded_channel();
    let callee = scripted(move |mut stream, _| {
        let (heard, reply) = (heard.clone(), reply.clone());
        async move {
            let mut all = vec![0; length];
            stream.read_exact(&mut all).await.unwrap();
            heard.send(all).unwrap();
            stream.write_all(&reply).await.unwrap();
        }
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut caller = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    for byte in &said {
        caller.write_all(&[*byte]).await.unwrap();
    }
    assert_eq!(hearing.recv().await.unwrap(), said);
    let mut answered = Vec::new();
    caller.read_to_end(&mut answered).await.unwrap();
    assert_eq!(answered, replied);
    assert_eq!(counts(&proxy), (2, 2, 0));
}

/// As after a deadline: the headers of the late reply go into the caller's table.
#[tokio::test]
async fn a_reply_that_comes_after_its_stream_was_reset_passes_too() {
    let late = frame(1, 0x4, 1, &[0x88, 0x40, 1, b'z', 1, b'1']);
    let next = frame(1, 0x5, 3, &[0x88, 0xbe]);
    let (reply, length) = ([late, next].concat(), 24 + 9 + 12 + 13 + 12);
    let answered = reply.clone();
    let callee = scripted(move |mut stream, _| {
        let reply = reply.clone();
        async move {
            stream.read_exact(&mut vec![0; length]).await.unwrap();
            stream.write_all(&reply).await.unwrap();
        }
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut caller = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let request = [0x82, 0x86, 0x84];
    let said = [
        PREFACE.to_vec(),
        frame(4, 0, 0, &[]),
        frame(1, 0x5, 1, &request),
        frame(3, 0, 1, &[0, 0, 0, 8]),
        frame(1, 0x5, 3, &request),
    ];
    caller.write_all(&said.concat()).await.unwrap();
    let mut heard = Vec::new();
    caller.read_to_end(&mut heard).await.unwrap();
    assert_eq!(heard, answered);
}

#[tokio::test]
async fn a_callee_that_is_gone_is_a_connection_that_breaks() {
    let callee = scripted(|stream, _| async move { drop(stream.set_zero_linger()) }).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let stream = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let (sender, connection) = h2::client::handshake::<_>(stream).await.unwrap();
    let end = tokio::spawn(connection);
    let request = Request::get("http://stock:8080/").body(()).unwrap();
    if let Ok(mut sender) = sender.ready().await {
        let (reply, _) = sender.send_request(request, true).unwrap();
        assert!(reply.await.is_err());
    }
    assert!(end.await.unwrap().is_err());
}

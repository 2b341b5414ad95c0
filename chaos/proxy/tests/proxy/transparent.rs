//! Without a fault, a caller and a callee cannot tell that the proxy is there.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::Ordering::SeqCst;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, Incoming};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::callee::{read_head, scripted, send_text, serving, text};
use crate::caller::{Caller, a_request, raw};
use crate::{counts, proxy_before};

#[tokio::test]
async fn requests_and_replies_are_forwarded_unchanged() {
    let callee = serving(|request| async move {
        let line = format!("{} {}", request.method(), request.uri());
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let mut reply = text(format!("{line} {}", String::from_utf8(body.to_vec()).unwrap()));
        *reply.status_mut() = http::StatusCode::IM_A_TEAPOT;
        reply
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut caller = Caller::to(proxy.port()).await;
    let reply = caller.post("/orders?id=1&x=%20", "coffee").await.unwrap();
    assert_eq!(reply, (418, "POST /orders?id=1&x=%20 coffee".to_owned()));
    assert_eq!(caller.get("/").await.unwrap(), (418, "GET / ".to_owned()));
    assert_eq!(counts(&proxy), (2, 2, 0));
    assert_eq!(callee.connections.load(SeqCst), 1);
}

#[tokio::test]
async fn all_headers_are_forwarded_but_those_of_the_connection() {
    let callee = scripted(|mut stream, _| async move {
        let heard = read_head(&mut stream).await;
        let reply = format!(
            "HTTP/1.1 200 OK\r\nX-Case: Kept\r\nConnection: keep-alive, x-hop\r\nX-Hop: \
             1\r\nContent-Length: {}\r\n\r\n{heard}",
            heard.len()
        );
        send_text(&mut stream, &reply).await;
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let request = "GET /x HTTP/1.1\r\nHost: stock:8080\r\nConnection: close, X-Mine\r\nX-Mine: \
        1\r\nTraceParent: 00-1\r\nX-Two: a\r\nX-Two: b\r\n\r\n";
    let (reply, end) = raw(proxy.port(), request).await;
    assert_eq!(end, None);
    let (answered, heard) = reply.split_once("\r\n\r\n").unwrap();
    assert_eq!(
        sorted(heard),
        ["GET /x HTTP/1.1", "Host: stock:8080", "TraceParent: 00-1", "X-Two: a", "X-Two: b"]
    );
    let length = format!("Content-Length: {}", heard.len());
    let wanted = ["Connection: close", &length, "HTTP/1.1 200 OK", "X-Case: Kept"];
    assert_eq!(sorted(answered), wanted);
}

fn sorted(head: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = head.lines().filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    lines
}

/// What a caller reads when the callee replies with this text to any request.
async fn forwarded(reply: &'static str, request: &str) -> String {
    let callee = scripted(move |mut stream, _| async move {
        while !read_head(&mut stream).await.is_empty() {
            send_text(&mut stream, reply).await;
        }
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let request = format!("{request}Host: a\r\nConnection: close\r\n\r\n");
    let (reply, end) = raw(proxy.port(), &request).await;
    assert_eq!(end, None, "{reply}");
    reply
}

#[tokio::test]
async fn a_reply_to_head_keeps_its_content_length() {
    let reply =
        forwarded("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n", "HEAD / HTTP/1.1\r\n").await;
    assert_eq!(sorted(&reply), ["Content-Length: 1234", "HTTP/1.1 200 OK", "connection: close"]);
}

#[tokio::test]
async fn a_reply_without_content_gets_no_content_length() {
    let reply = forwarded("HTTP/1.1 204 No Content\r\n\r\n", "DELETE / HTTP/1.1\r\n").await;
    assert_eq!(sorted(&reply), ["HTTP/1.1 204 No Content", "connection: close"]);
    let reply =
        forwarded("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n", "GET / HTTP/1.1\r\n").await;
    assert_eq!(sorted(&reply), ["ETag: \"1\"", "HTTP/1.1 304 Not Modified", "connection: close"]);
}

#[tokio::test]
async fn a_chunked_reply_stays_chunked_except_for_an_http_1_0_caller() {
    let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let reply = forwarded(chunked, "GET / HTTP/1.1\r\n").await;
    assert!(reply.contains("\r\nTransfer-Encoding: chunked\r\n"), "{reply}");
    assert!(reply.ends_with("\r\n0\r\n\r\n"), "{reply}");
    let reply = forwarded(chunked, "GET / HTTP/1.0\r\n").await;
    assert!(!reply.to_lowercase().contains("chunked"), "{reply}");
    assert!(reply.ends_with("\r\n\r\nabcde"), "{reply}");
}

#[tokio::test]
async fn a_reply_that_ends_with_its_connection_is_forwarded_whole() {
    let callee = scripted(|mut stream, _| async move {
        read_head(&mut stream).await;
        send_text(&mut stream, "HTTP/1.1 200 OK\r\n\r\nall of it").await;
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let reply = Caller::to(proxy.port()).await.get("/").await.unwrap();
    assert_eq!(reply, (200, "all of it".to_owned()));
}

const CHUNK: usize = 1 << 20;
const CHUNKS: usize = 64;

#[tokio::test]
async fn large_bodies_are_streamed_both_ways() {
    let callee = serving(|request| async move {
        let mut body = request.into_body();
        let (mut length, mut sum) = (0_usize, 0_u64);
        while let Some(frame) = body.frame().await {
            let data = frame.unwrap().into_data().unwrap();
            length += data.len();
            sum += data.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        }
        text(format!("{length} {sum}"))
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let head = format!(
        "PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        CHUNK * CHUNKS
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..CHUNKS {
        stream.write_all(&vec![3; CHUNK]).await.unwrap();
    }
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    assert!(
        reply.ends_with(&format!("\r\n\r\n{} {}", CHUNK * CHUNKS, 3 * CHUNK * CHUNKS)),
        "{reply}"
    );
}

/// Each piece must come back before the next one is sent: nothing on the way may wait for more.
#[tokio::test]
async fn each_piece_of_a_body_is_forwarded_at_once() {
    let callee =
        serving(|request| async move { Response::new(BoxBody::new(Echo(request.into_body()))) })
            .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut read = String::new();
    for piece in ["one", "two", "six"] {
        stream.write_all(format!("3\r\n{piece}\r\n").as_bytes()).await.unwrap();
        while !read.ends_with(&format!("3\r\n{piece}\r\n")) {
            let mut buffer = [0; 1024];
            let n = tokio::time::timeout(crate::BOUND, stream.read(&mut buffer))
                .await
                .unwrap()
                .unwrap();
            assert!(n > 0, "{read}");
            read.push_str(std::str::from_utf8(&buffer[..n]).unwrap());
        }
    }
}

/// A request's body as a reply's.
struct Echo(Incoming);

impl Body for Echo {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = Pin::new(&mut self.0).poll_frame(cx);
        frame.map(|frame| frame.and_then(Result::ok).map(Ok))
    }
}

#[tokio::test]
async fn a_caller_that_closes_its_connection_closes_that_of_the_callee() {
    let (tell, heard) = tokio::sync::oneshot::channel();
    let tell = std::sync::Arc::new(std::sync::Mutex::new(Some(tell)));
    let callee = scripted(move |mut stream, _| {
        let tell = std::sync::Arc::clone(&tell);
        async move {
            read_head(&mut stream).await;
            // Nothing more comes, until the caller has gone.
            let end = stream.read(&mut [0]).await;
            let tell = tell.lock().unwrap().take().unwrap();
            tell.send(end.map_or(0, |n| n)).unwrap();
        }
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    crate::eventually(|| counts(&proxy) == (1, 1, 0)).await;
    drop(stream);
    assert_eq!(tokio::time::timeout(crate::BOUND, heard).await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn an_expected_100_continue_is_sent_to_the_caller() {
    let callee = serving(|request| async move {
        let body = request.into_body().collect().await.unwrap().to_bytes();
        text(String::from_utf8(body.to_vec()).unwrap())
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: \
        close\r\nContent-Length: 6\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    tokio::time::timeout(crate::BOUND, stream.read_exact(&mut interim)).await.unwrap().unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"coffee").await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 OK") && reply.ends_with("\r\n\r\ncoffee"), "{reply}");
}

#[tokio::test]
async fn a_connection_is_kept_alive_after_a_head_request() {
    let callee = serving(|_| async { text("hello") }).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut caller = Caller::to(proxy.port()).await;
    let reply = caller.send(a_request("HEAD", "/", "")).await.unwrap();
    assert_eq!(reply.headers()["content-length"], "5");
    assert_eq!(caller.get("/").await.unwrap().1, "hello");
}

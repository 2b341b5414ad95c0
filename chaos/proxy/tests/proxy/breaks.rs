//! Where the callee breaks off, the proxy resets the caller's connection; it never replies in the
//! callee's name.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::Ordering::SeqCst;

use tokio::net::{TcpListener, TcpStream};

use crate::callee::{read_head, scripted, send_text};
use crate::caller::{Caller, raw};
use crate::{counts, proxy_before};

const GET: &str = "GET / HTTP/1.1\r\nHost: stock\r\n\r\n";
const RESET: Option<ErrorKind> = Some(ErrorKind::ConnectionReset);

#[tokio::test]
async fn a_request_to_an_endpoint_that_does_not_listen_is_reset() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let (proxy, _) = proxy_before(&[port]).await;
    assert_eq!(raw(proxy.port(), GET).await, (String::new(), RESET));
    assert_eq!(counts(&proxy), (1, 0, 0));
}

#[tokio::test]
async fn a_request_is_reset_when_the_callee_dies_before_it_replies() {
    let callee = scripted(|mut stream, _| async move {
        read_head(&mut stream).await;
        stream.set_zero_linger().unwrap();
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    assert_eq!(raw(proxy.port(), GET).await, (String::new(), RESET));
    assert_eq!(counts(&proxy), (1, 1, 0));
    assert_eq!(callee.connections.load(SeqCst), 1);
}

#[tokio::test]
async fn a_reply_is_reset_when_the_callee_dies_within_it() {
    for reply in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
    ] {
        let callee = scripted(move |mut stream, _| async move {
            read_head(&mut stream).await;
            send_text(&mut stream, reply).await;
        })
        .await;
        let (proxy, _) = proxy_before(&[callee.port]).await;
        let (_, end) = raw(proxy.port(), GET).await;
        assert_eq!(end, RESET, "{reply}");
    }
}

#[tokio::test]
async fn a_reply_that_is_not_http_is_reset_instead_of_forwarded() {
    let callee = scripted(|mut stream, _| async move {
        read_head(&mut stream).await;
        send_text(&mut stream, "SSH-2.0-OpenSSH_9.6\r\n").await;
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    assert_eq!(raw(proxy.port(), GET).await, (String::new(), RESET));
}

/// A callee that answers the first request on each connection and ends the connection over the
/// second; it notes all.
async fn replying_once(heard: &Arc<Mutex<Vec<String>>>) -> crate::callee::Callee {
    let heard = Arc::clone(heard);
    scripted(move |mut stream, number| {
        let heard = Arc::clone(&heard);
        async move {
            for turn in 0..2 {
                let line =
                    read_head(&mut stream).await.lines().next().unwrap_or_default().to_owned();
                heard.lock().unwrap().push(format!("{number}: {line}"));
                if turn == 0 {
                    send_text(&mut stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn an_idempotent_request_is_sent_again_when_its_pooled_connection_broke() {
    let heard = Arc::default();
    let callee = replying_once(&heard).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    kept.get("/1").await.unwrap();
    assert_eq!(kept.get("/2").await.unwrap(), (200, "ok".to_owned()));
    let wanted = ["0: GET /1 HTTP/1.1", "0: GET /2 HTTP/1.1", "1: GET /2 HTTP/1.1"];
    assert_eq!(*heard.lock().unwrap(), wanted);
    assert_eq!(counts(&proxy), (2, 2, 0));
}

#[tokio::test]
async fn a_post_is_not_sent_again_when_its_pooled_connection_broke() {
    let heard = Arc::default();
    let callee = replying_once(&heard).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    kept.get("/1").await.unwrap();
    kept.post("/orders", "").await.unwrap_err();
    assert_eq!(*heard.lock().unwrap(), ["0: GET /1 HTTP/1.1", "0: POST /orders HTTP/1.1"]);
}

#[tokio::test]
async fn a_pooled_connection_that_the_callee_has_closed_fails_no_request() {
    let closed = Arc::new(tokio::sync::Semaphore::new(0));
    let tell = Arc::clone(&closed);
    let callee = scripted(move |mut stream: TcpStream, _| {
        let tell = Arc::clone(&tell);
        async move {
            read_head(&mut stream).await;
            send_text(&mut stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
            drop(stream);
            tell.add_permits(1);
        }
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    for round in 1..=20 {
        assert_eq!(kept.get("/").await.unwrap().0, 200);
        closed.acquire().await.unwrap().forget();
        assert_eq!(callee.connections.load(SeqCst), round);
    }
}

/// The callee that dies while others are there: the request is not handed to another, since it may
/// have had its effect.
#[tokio::test]
async fn a_request_in_flight_to_a_dying_endpoint_is_not_sent_to_another_one() {
    let dying = scripted(|mut stream, _| async move {
        read_head(&mut stream).await;
    })
    .await;
    let other = scripted(|mut stream, _| async move {
        read_head(&mut stream).await;
        send_text(&mut stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    })
    .await;
    let (proxy, _) = proxy_before(&[dying.port, other.port]).await;
    let mut ends = [raw_end(proxy.port()).await, raw_end(proxy.port()).await];
    ends.sort_unstable();
    assert_eq!(ends, ["", "HTTP/1.1 200 OK"]);
    assert_eq!(other.connections.load(SeqCst), 1);
}

async fn raw_end(port: u16) -> String {
    let request = "GET / HTTP/1.1\r\nHost: stock\r\nConnection: close\r\n\r\n";
    raw(port, request).await.0.lines().next().unwrap_or_default().to_owned()
}

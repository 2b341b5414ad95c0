//! A connection of HTTP/1 that changes to another protocol passes on from then on as bytes.

use std::io::ErrorKind;

use brunt_proxy::Proxy;
use brunt_scenarios::plan::EdgeFault;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::callee::{Callee, scripted};
use crate::{BOUND, counts, proxy_before};

const WEBSOCKET: &str = "GET /chat HTTP/1.1\r\nhost: stock:8080\r\nconnection: keep-alive, \
    Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// Reads a request's head, answers it with `reply`, says hello in the same packet, and sends back
/// all further bytes.
async fn changing(reply: &'static str) -> Callee {
    scripted(move |mut stream, _| async move {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8(head).unwrap();
        let first = format!("{reply}hello after {head}");
        stream.write_all(first.as_bytes()).await.unwrap();
        let (mut reads, mut writes) = stream.split();
        let _ = tokio::io::copy(&mut reads, &mut writes).await;
    })
    .await
}

const SWITCHING: &str =
    "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";

/// Sends a request and reads up to `end`.
async fn ask(proxy: &Proxy, request: &str, end: &str) -> (TcpStream, String) {
    let mut caller = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    caller.write_all(request.as_bytes()).await.unwrap();
    let heard = heard_until(&mut caller, end).await;
    (caller, heard)
}

async fn heard_until(caller: &mut TcpStream, end: &str) -> String {
    let mut heard = Vec::new();
    let listen = async {
        while !heard.ends_with(end.as_bytes()) {
            heard.push(caller.read_u8().await.unwrap());
        }
    };
    tokio::time::timeout(BOUND, listen).await.expect("what was waited for never came");
    String::from_utf8(heard).unwrap()
}

#[tokio::test]
async fn a_websocket_is_opened_and_all_bytes_after_it_pass_both_ways() {
    let callee = changing(SWITCHING).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let (mut caller, heard) = ask(&proxy, WEBSOCKET, "\r\n\r\nhello after GET /chat").await;
    let heard = heard.to_lowercase();
    assert!(heard.starts_with("http/1.1 101 "), "{heard}");
    assert!(heard.contains("\r\nconnection: upgrade\r\n"), "{heard}");
    assert!(heard.contains("\r\nupgrade: websocket\r\n"), "{heard}");
    let head = heard_until(&mut caller, "\r\n\r\n").await.to_lowercase();
    for wanted in ["connection: upgrade\r\n", "upgrade: websocket\r\n", "sec-websocket-key: "] {
        assert!(head.contains(wanted), "the callee was not asked for it: {head}");
    }
    caller.write_all(&[0x81, 0xff, 0, b'\n']).await.unwrap();
    let mut echo = [0; 4];
    caller.read_exact(&mut echo).await.unwrap();
    assert_eq!(echo, [0x81, 0xff, 0, b'\n']);
    caller.shutdown().await.unwrap();
    assert_eq!(caller.read(&mut echo).await.unwrap(), 0, "the callee hears the end");
    assert_eq!(counts(&proxy), (1, 1, 0), "the request that opened it");
}

#[tokio::test]
async fn bytes_that_a_caller_sends_behind_its_request_are_not_lost() {
    let callee = changing(SWITCHING).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let eager = format!("{WEBSOCKET}frame");
    let (_caller, heard) = ask(&proxy, &eager, "\r\n\r\nframe").await;
    assert!(heard.contains("hello after GET /chat"), "{heard}");
}

#[tokio::test]
async fn a_tunnel_that_connect_opens_passes_bytes_too() {
    let callee = changing("HTTP/1.1 200 OK\r\n\r\n").await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let request = "CONNECT db:5432 HTTP/1.1\r\nhost: db:5432\r\n\r\n";
    let (mut caller, heard) = ask(&proxy, request, "db:5432\r\n\r\n").await;
    assert!(heard.contains("hello after CONNECT db:5432 HTTP/1.1"), "{heard}");
    caller.write_all(b"\x16\x03\x01").await.unwrap();
    heard_until(&mut caller, "\x16\x03\x01").await;
}

#[tokio::test]
async fn a_refused_change_leaves_the_connection_to_http() {
    let refused = "HTTP/1.1 426 Upgrade Required\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
        content-length: 0\r\n\r\n";
    let callee = scripted(move |mut stream, _| async move {
        let mut seen = [0; 4096];
        while stream.read(&mut seen).await.is_ok_and(|length| length > 0) {
            stream.write_all(refused.as_bytes()).await.unwrap();
        }
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let (mut caller, first) = ask(&proxy, WEBSOCKET, "\r\n\r\n").await;
    assert!(first.to_lowercase().contains("\r\nupgrade: websocket\r\n"), "{first}");
    caller.write_all(WEBSOCKET.as_bytes()).await.unwrap();
    assert!(heard_until(&mut caller, "\r\n\r\n").await.starts_with("HTTP/1.1 426 "));
    assert_eq!(counts(&proxy), (2, 2, 0));
}

#[tokio::test]
async fn an_open_websocket_is_cut() {
    let callee = changing(SWITCHING).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let (mut caller, _) = ask(&proxy, WEBSOCKET, "\r\n\r\nhello after GET /chat").await;
    heard_until(&mut caller, "\r\n\r\n").await;
    let cut = proxy.inject(EdgeFault::Cut);
    let broken = tokio::time::timeout(BOUND, caller.read(&mut [0; 8])).await.unwrap();
    assert_eq!(broken.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(proxy.recover(cut), Some(1));
}

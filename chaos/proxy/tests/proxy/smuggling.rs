//! Requests whose end two readers may see in two places do not reach the callee, and their
//! connections end.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::callee::{Callee, scripted};
use crate::caller::raw;
use crate::proxy_before;

/// What would be a second request.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: stock\r\n\r\n";

/// A callee that keeps all that it hears, and answers each piece.
async fn hearing() -> (Callee, Arc<Mutex<String>>) {
    let heard = Arc::new(Mutex::new(String::new()));
    let hearing = Arc::clone(&heard);
    let callee = scripted(move |mut stream, _| {
        let heard = Arc::clone(&hearing);
        async move {
            let mut piece = [0; 4096];
            while let Ok(read @ 1..) = stream.read(&mut piece).await {
                heard.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..read]));
                let reply = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                if stream.write_all(reply).await.is_err() {
                    return;
                }
            }
        }
    })
    .await;
    (callee, heard)
}

/// What the callee hears of a request with these headers and this body, after which the connection
/// has ended.
async fn heard_of(headers: &str, body: &str) -> String {
    let (callee, heard) = hearing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let request = format!("POST / HTTP/1.1\r\nHost: stock\r\n{headers}\r\n\r\n{body}");
    raw(proxy.port(), &request).await;
    heard.lock().unwrap().clone()
}

#[tokio::test]
async fn a_request_whose_length_is_said_in_two_ways_reaches_no_callee() {
    let chunked = format!("0\r\n\r\n{SMUGGLED}");
    for headers in [
        "Content-Length: 5\r\nContent-Length: 44",
        "Content-Length: 5\r\nContent-Length: +5",
        "Content-Length: 5, 44",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Content-Length: 5 4",
        "Content-Length:\r\n 5",
        "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: chunked\r\n , identity",
        "Transfer-Encoding : chunked",
        " Transfer-Encoding: chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked\0",
        "Transfer-Encoding\0: chunked",
    ] {
        assert_eq!(heard_of(headers, &chunked).await, "", "{headers:?}");
    }
}

#[tokio::test]
async fn chunks_of_a_wrong_size_end_the_connection_before_what_follows() {
    for body in [
        format!("5\r\nabc\r\n0\r\n\r\n{SMUGGLED}"),
        format!("-1\r\n\r\n{SMUGGLED}"),
        format!("ffffffffffffffff1\r\na\r\n{SMUGGLED}"),
        format!("0x0\r\n\r\n{SMUGGLED}"),
        format!("g\r\n\r\n{SMUGGLED}"),
    ] {
        let heard = heard_of("Transfer-Encoding: chunked\r\nConnection: close", &body).await;
        assert!(!heard.contains("GET /smuggled HTTP/1.1\r\nHost"), "{body:?}: {heard:?}");
    }
}

/// Chunks take precedence over a length (RFC 9112, section 6.1), and nothing follows them.
#[tokio::test]
async fn a_request_with_chunks_and_a_length_passes_with_one_of_them_and_ends_its_connection() {
    for headers in [
        "Content-Length: 44\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 44",
    ] {
        let heard = heard_of(headers, &format!("0\r\n\r\n{SMUGGLED}")).await;
        assert!(!heard.contains("Content-Length") && !heard.contains("smuggled"), "{heard}");
    }
}

#[tokio::test]
async fn a_chunked_request_passes_with_one_length_only() {
    let body = format!("{:x}\r\n{SMUGGLED}\r\n0\r\n\r\n", SMUGGLED.len());
    for headers in [
        "Transfer-Encoding: chunked\r\nConnection: close",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\nConnection: close",
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close",
    ] {
        let heard = heard_of(headers, &body).await.to_lowercase();
        assert!(!heard.contains("content-length"), "{heard}");
        assert!(heard.contains("transfer-encoding: chunked"), "{heard}");
        assert!(heard.contains(&format!("\r\n\r\n{}", body.to_lowercase())), "{heard}");
    }
}

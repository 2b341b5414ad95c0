//! Connections that are held without a use.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, pause, sleep};

use crate::callee::{serving, text};
use crate::caller::Caller;
use crate::proxy_before;

#[tokio::test]
async fn a_caller_that_does_not_send_its_first_head_is_cut_off() {
    let callee = serving(|_| async { text("done") }).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut half = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nhost: stock\r\nx: ").await.unwrap();
    pause();
    let began = Instant::now();
    half.read_to_end(&mut Vec::new()).await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 30);
}

#[tokio::test]
async fn a_connection_that_was_used_may_be_idle_for_minutes_but_not_for_ever() {
    let callee = serving(|_| async { text("done") }).await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    kept.get("/").await.unwrap();
    pause();
    for _ in 0..2 {
        sleep(Duration::from_secs(500)).await;
        assert_eq!(kept.get("/").await.unwrap(), (200, "done".to_owned()));
    }
    sleep(Duration::from_secs(700)).await;
    kept.get("/").await.unwrap_err();
}

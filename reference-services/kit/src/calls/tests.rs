//! Calls to services that answer, refuse, are down and hang.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::routing::post;
use http::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;

use super::{CallError, Callee, Context, Reply, Upstreams};
use crate::config::{Config, Defaults, Env};
use crate::metrics::Metrics;

const CONTEXT: Context<'_> = Context { traceparent: "trace", idempotency_key: Some("key") };

fn callee(address: SocketAddr) -> Callee {
    let defaults = Defaults { service: "own", port: 0, data_dir: "" };
    let metrics = Metrics::new(&Config::read(Env::default(), defaults).unwrap());
    let upstreams = Upstreams::parse(&format!("http://{address}")).unwrap();
    Callee::new("other", upstreams, Duration::from_millis(300), &metrics)
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn call(address: SocketAddr) -> Result<Reply, CallError> {
    callee(address).post("/do", &json!({}), CONTEXT).await
}

#[tokio::test]
async fn an_answer_may_be_a_refusal() {
    let route = post(|request: Request| async move {
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        (StatusCode::CONFLICT, axum::Json(json!([header("traceparent"), header("idempotency-key")])))
    });
    let reply = call(serve(Router::new().route("/do", route)).await).await.unwrap();
    assert_eq!(reply, Reply { status: StatusCode::CONFLICT, body: json!(["trace", "key"]) });
}

#[tokio::test]
async fn no_answer_is_an_error_that_says_why() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(call(nobody).await, Err(CallError::Unreachable));
    let hangs = serve(Router::new().route("/do", post(std::future::pending::<String>))).await;
    assert_eq!(call(hangs).await, Err(CallError::TimedOut));
    let ill = serve(Router::new().route("/do", post(|| async { StatusCode::SERVICE_UNAVAILABLE }))).await;
    assert_eq!(call(ill).await, Err(CallError::Unavailable(503)));
    let babbles = serve(Router::new().route("/do", post(|| async { "no JSON" }))).await;
    assert_eq!(call(babbles).await, Err(CallError::Unreadable));
}

#[tokio::test]
async fn a_broken_connection_is_tried_once_more() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let attempts = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&attempts);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.readable().await.unwrap();
            drop(stream.try_read(&mut [0; 65536]));
            // Counted before the stream is dropped, which is what the caller notices.
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    assert_eq!(call(address).await, Err(CallError::Unreachable));
    assert_eq!(attempts.load(Ordering::SeqCst), 2);
}

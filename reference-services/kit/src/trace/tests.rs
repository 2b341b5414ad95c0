//! Spans at a collector, and without one.

use std::sync::Arc;
use std::time::Duration;

use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::{Kind, TraceContext, Tracer};
use crate::lifecycle::Stop;

const BOUND: Duration = Duration::from_secs(20);

/// Receives what is exported.
async fn collector(status: StatusCode) -> (String, UnboundedReceiver<Value>) {
    let (sender, receiver) = unbounded_channel();
    let receive = move |Json(body): Json<Value>| async move {
        sender.send(body).unwrap();
        status
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        axum::serve(listener, Router::new().route("/v1/traces", post(receive))).await
    });
    (url, receiver)
}

async fn run_to_the_end(tracer: &Tracer) {
    let exporter = Arc::clone(tracer.0.as_ref().unwrap());
    let (stopping, stop) = Stop::manual();
    let running = tokio::spawn(async move { exporter.run(stop).await });
    stopping.send_replace(true);
    timeout(BOUND, running).await.expect("it ends").unwrap();
}

#[tokio::test]
async fn spans_that_wait_at_a_stop_are_still_sent() {
    let (url, mut received) = collector(StatusCode::OK).await;
    let tracer = Tracer::new("order", Some(&url));
    let parent =
        TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").unwrap();
    let mut span = tracer.span(Kind::Server, "", Some(parent));
    span.rename("POST /orders");
    span.set("http.response.status_code", &503);
    span.fail();
    let own = span.context();
    drop(span);
    drop(tracer.span(Kind::Consumer, "process Ordered", None));
    tracer.span(Kind::Client, "nobody's business", None).discard();
    let unsampled =
        TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00").unwrap();
    drop(tracer.span(Kind::Client, "not wanted", Some(unsampled)));
    run_to_the_end(&tracer).await;
    let body = received.recv().await.unwrap();
    let resource = &body["resourceSpans"][0];
    assert_eq!(resource["resource"]["attributes"][0]["value"]["stringValue"], "order");
    let spans = resource["scopeSpans"][0]["spans"].as_array().unwrap();
    assert_eq!(spans.len(), 2);
    let span = &spans[0];
    assert_eq!((&span["name"], &span["kind"]), (&"POST /orders".into(), &2.into()));
    assert_eq!(span["traceId"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(
        (&span["parentSpanId"], &span["spanId"]),
        (&"b7ad6b7169203331".into(), &own.span_id().into())
    );
    assert_eq!((&span["status"]["code"], &spans[1]["status"]["code"]), (&2.into(), &0.into()));
    let nanos = |name: &str| span[name].as_str().unwrap().parse::<u128>().unwrap();
    assert!(nanos("endTimeUnixNano") >= nanos("startTimeUnixNano"));
    assert_eq!(tracer.counts(), Some((2, 0)));
}

#[tokio::test]
async fn spans_that_cannot_be_sent_are_dropped_and_counted() {
    let tracer = Tracer::new("order", Some("http://127.0.0.1:1"));
    for _ in 0..5000 {
        drop(tracer.span(Kind::Server, "GET /orders", None));
    }
    assert_eq!(tracer.counts(), Some((0, 5000 - 4096)), "the queue is bounded");
    let (url, _received) = collector(StatusCode::INTERNAL_SERVER_ERROR).await;
    let refused = Tracer::new("order", Some(&url));
    drop(refused.span(Kind::Server, "GET /orders", None));
    run_to_the_end(&refused).await;
    assert_eq!(refused.counts(), Some((0, 1)));
}

#[test]
fn without_a_collector_spans_still_have_contexts() {
    let tracer = Tracer::new("order", None);
    let first = tracer.span(Kind::Server, "a", None).context();
    let next = tracer.span(Kind::Client, "b", Some(first)).context();
    assert_eq!(first.trace_id(), next.trace_id());
    assert!(tracer.background().is_none() && tracer.counts().is_none());
}

#[tokio::test]
async fn names_and_attributes_of_spans_are_cut() {
    let (url, mut received) = collector(StatusCode::OK).await;
    let tracer = Tracer::new("order", Some(&url));
    let mut span = tracer.span(Kind::Consumer, "x".repeat(1 << 20), None);
    span.set("url.path", &"y".repeat(1 << 20));
    drop(span);
    run_to_the_end(&tracer).await;
    let body = timeout(BOUND, received.recv()).await.expect("the span arrives").unwrap();
    let span = &body["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    let length = |text: &Value| text.as_str().unwrap().len();
    assert_eq!(length(&span["name"]), 1024);
    assert_eq!(length(&span["attributes"][0]["value"]["stringValue"]), 1024);
}

//! One order, one trace: from the gateway through calls and events to all services that act.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::routing::post;
use axum::{Json, Router};
use brunt_coffee::SYSTEM;
use brunt_kit::testing::Trial;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::timeout;

const BOUND: Duration = Duration::from_secs(20);

/// A span, and the service whose it is.
#[derive(Clone, Debug)]
struct Span {
    service: String,
    name: String,
    id: String,
    parent: Option<String>,
    trace: String,
}

type Spans = Arc<Mutex<Vec<Span>>>;

/// Receives what the services export.
async fn collector() -> (String, Spans) {
    let spans = Spans::default();
    let receiving = Arc::clone(&spans);
    let receive = move |Json(body): Json<Value>| async move {
        receiving.lock().unwrap().extend(read(&body["resourceSpans"][0]));
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        axum::serve(listener, Router::new().route("/v1/traces", post(receive))).await
    });
    (url, spans)
}

fn read(resource: &Value) -> Vec<Span> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let service = text(&resource["resource"]["attributes"][0]["value"]["stringValue"]);
    let spans = resource["scopeSpans"][0]["spans"].as_array().unwrap();
    let span = |span: &Value| Span {
        service: service.clone(),
        name: text(&span["name"]),
        id: text(&span["spanId"]),
        parent: span["parentSpanId"].as_str().map(str::to_owned),
        trace: text(&span["traceId"]),
    };
    spans.iter().map(span).collect()
}

/// Waits for a span, and gives the way from it to the root.
async fn path_to_root(spans: &Spans, service: &str, name: &str) -> Vec<Span> {
    let find = || {
        let known = spans.lock().unwrap().clone();
        let by_id: BTreeMap<_, _> =
            known.iter().map(|span| (span.id.clone(), span.clone())).collect();
        let mut span =
            known.iter().find(|span| span.service == service && span.name == name)?.clone();
        let mut path = vec![span.clone()];
        while let Some(parent) = &span.parent {
            span = by_id.get(parent)?.clone();
            path.push(span.clone());
        }
        Some(path)
    };
    let waiting = async {
        loop {
            if let Some(path) = find() {
                return path;
            }
            tokio::task::yield_now().await;
        }
    };
    let outcome = timeout(BOUND, waiting).await;
    outcome.unwrap_or_else(|_| {
        panic!("no way from {service} {name} to a root in {:#?}", spans.lock().unwrap())
    })
}

#[tokio::test]
async fn an_order_is_one_trace_from_the_gateway_to_the_customers_page() {
    let (endpoint, spans) = collector().await;
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("MAKING_TIME", "0ms")];
    let system = Trial::start(&SYSTEM, &variables).await;
    system.post("gateway", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    let ends = [
        path_to_root(&spans, "stock", "POST /stocks/reduce").await,
        path_to_root(&spans, "customercenter", "process Produced").await,
    ];
    let shown = |path: &Vec<Span>| {
        path.iter()
            .map(|span| format!("{}: {}", span.service, span.name))
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(ends.iter().map(shown).collect::<Vec<_>>().join("\n\n"));
    let trace = &ends[0][0].trace;
    assert!(ends.iter().flatten().all(|span| span.trace == *trace));
    let text = system.get_text("gateway", "/actuator/prometheus").await;
    assert!(text.contains("otel_spans_dropped_total 0\n"), "{text}");
}

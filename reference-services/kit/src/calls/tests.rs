//! Calls to services that answer, refuse, are down and hang.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::routing::{delete, get, post};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{CallError, Callee, Context, Reply, Upstreams};
use crate::config::{Config, Defaults, Env};
use crate::health::Health;
use crate::metrics::Metrics;

/// Far more than anything here takes, even on a busy machine.
const BOUND: Duration = Duration::from_secs(20);
const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const CONTEXT: Context<'_> = Context { traceparent: TRACE, idempotency_key: Some("key") };

/// With a short deadline, and what else is told.
fn careful(address: SocketAddr, variables: &[(&str, &str)]) -> (Callee, Metrics) {
    let defaults = Defaults { service: "own", port: 0, data_dir: "" };
    let env = Env::from_pairs([("CALL_TIMEOUT", "300ms")].iter().chain(variables).copied());
    let config = Config::read(env, defaults).unwrap();
    let metrics = config.metrics();
    let upstreams = Upstreams::parse(&format!("http://{address}")).unwrap();
    (Callee::new("other", upstreams, &config.protection, &metrics), metrics)
}

fn callee(address: SocketAddr) -> Callee {
    careful(address, &[]).0
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
async fn a_refusal_is_an_answer_and_no_error() {
    let route = post(|request: Request| async move {
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        (
            StatusCode::CONFLICT,
            axum::Json(json!([header("traceparent"), header("idempotency-key")])),
        )
    });
    let reply = call(serve(Router::new().route("/do", route)).await).await.unwrap();
    assert_eq!((reply.status, &reply.body[1]), (StatusCode::CONFLICT, &json!("key")));
    // The same trace, and a span of its own.
    let traceparent = reply.body[0].as_str().unwrap();
    assert!(traceparent.starts_with(&TRACE[..36]) && traceparent != TRACE, "{traceparent}");
}

#[tokio::test]
async fn no_answer_is_an_error_that_says_why() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(call(nobody).await, Err(CallError::NotConnected));
    let hangs = serve(Router::new().route("/do", post(std::future::pending::<String>))).await;
    assert_eq!(call(hangs).await, Err(CallError::TimedOut));
    let ill =
        serve(Router::new().route("/do", post(|| async { StatusCode::SERVICE_UNAVAILABLE }))).await;
    assert_eq!(call(ill).await, Err(CallError::Unavailable(503)));
    let babbles = serve(Router::new().route("/do", post(|| async { "no JSON" }))).await;
    assert_eq!(call(babbles).await, Err(CallError::Unreadable));
}

/// Reads a request, hangs up, and counts.
async fn hangs_up() -> (SocketAddr, Arc<AtomicU32>) {
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
    (address, attempts)
}

#[tokio::test]
async fn a_broken_connection_is_retried_once_if_the_call_is_repeatable() {
    let (address, attempts) = hangs_up().await;
    let callee = callee(address);
    let (body, plain) = (json!({}), Context::new("trace"));
    let mut counts = Vec::new();
    for outcome in [
        callee.post("/do", &body, CONTEXT).await,
        callee.get("/do", plain).await,
        callee.put("/do", &body, plain).await,
        callee.delete("/do", plain).await,
        callee.post("/do", &body, plain).await,
        callee.patch("/do", &body, plain).await,
    ] {
        assert_eq!(outcome, Err(CallError::Unreachable));
        counts.push(attempts.swap(0, Ordering::SeqCst));
    }
    assert_eq!(counts.iter().sum::<u32>(), 10, "four twice, two once: {counts:?}");
}

#[tokio::test]
async fn a_call_stays_in_doubt_although_its_retry_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        stream.readable().await.unwrap();
        drop(stream.try_read(&mut [0; 65536]));
        // From here on nobody listens, and only then does the caller notice.
        drop(listener);
        drop(stream);
    });
    let error = call(address).await.unwrap_err();
    assert!(!error.nothing_was_sent(), "{error:?}");
    assert!(call(address).await.unwrap_err().nothing_was_sent());
}

#[tokio::test]
async fn retries_keep_to_their_budget() {
    let (address, attempts) = hangs_up().await;
    let (callee, _) = careful(address, &[("RETRY_BUDGET", "10"), ("BREAKER", "off")]);
    for _ in 0..100 {
        assert_eq!(callee.get("/", Context::new("t")).await, Err(CallError::Unreachable));
    }
    // Ten that were there from the start, less what did not fit while they were, and one in ten.
    let retried = attempts.load(Ordering::SeqCst) - 100;
    assert!((18..=20).contains(&retried), "{retried}");
}

#[tokio::test]
async fn a_404_without_a_body_is_an_answer() {
    let router = Router::new().route("/gone", delete(|| async { StatusCode::NO_CONTENT }));
    let callee = callee(serve(router).await);
    let reply = callee.get("/books/7", Context::new("t")).await.unwrap();
    assert_eq!(reply, Reply { status: StatusCode::NOT_FOUND, body: Value::Null });
    assert_eq!(
        callee.delete("/gone", Context::new("t")).await.unwrap().status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read() {
    let large = || async { vec![b' '; 9 << 20] };
    let address = serve(Router::new().route("/do", get(large))).await;
    let (callee, _) = careful(address, &[("CALL_TIMEOUT", "20s")]);
    assert_eq!(callee.get("/do", Context::new("t")).await, Err(CallError::Unreadable));
}

/// Counts calls, and answers as it is told.
#[derive(Clone, Default)]
struct Switch {
    calls: Arc<AtomicU32>,
    well: Arc<AtomicBool>,
    /// Lets answers out.
    gate: Arc<Notify>,
}

impl Switch {
    async fn serve(&self) -> SocketAddr {
        let switch = self.clone();
        let route = get(move || async move {
            switch.calls.fetch_add(1, Ordering::SeqCst);
            if switch.well.load(Ordering::SeqCst) {
                switch.gate.notified().await;
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            }
        });
        serve(Router::new().route("/", route)).await
    }
}

/// Opens after four calls and tries three after a while.
const SOON: [(&str, &str); 4] = [
    ("BREAKER_SLIDING_WINDOW_SIZE", "4"),
    ("BREAKER_WAIT_DURATION_IN_OPEN_STATE", "200ms"),
    ("BREAKER_PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE", "3"),
    ("CALL_TIMEOUT", "20s"),
];

#[tokio::test]
async fn an_open_breaker_sends_no_calls_and_a_trial_sends_the_configured_number() {
    let switch = Switch::default();
    let (callee, metrics) = careful(switch.serve().await, &SOON);
    let call = || callee.get("/", Context::new("t"));
    for _ in 0..4 {
        assert_eq!(call().await, Err(CallError::Unavailable(503)));
    }
    let refused = call().await;
    assert!(
        matches!(refused, Err(CallError::NotPermitted { retry_after }) if !retry_after.is_zero())
    );
    assert_eq!(switch.calls.load(Ordering::SeqCst), 4);
    assert!(
        metrics
            .text()
            .contains("resilience4j_circuitbreaker_state{name=\"other\",state=\"open\"} 1\n")
    );
    switch.well.store(true, Ordering::SeqCst);
    // The wait is real time: until it is over, calls are refused at once.
    let mut trial = JoinSet::new();
    let trying = async {
        while switch.calls.load(Ordering::SeqCst) < 7 {
            let callee = callee.clone();
            trial.spawn(async move { callee.get("/", Context::new("t")).await });
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(BOUND, trying).await.expect("a trial begins");
    for _ in 0..20 {
        assert_eq!(call().await, Err(CallError::NotPermitted { retry_after: Duration::ZERO }));
    }
    assert_eq!(switch.calls.load(Ordering::SeqCst), 7);
    switch.gate.notify_waiters();
    let outcomes = trial.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3);
    let text = metrics.text();
    for line in [
        "resilience4j_circuitbreaker_state{name=\"other\",state=\"closed\"} 1",
        "resilience4j_circuitbreaker_calls_seconds_count{name=\"other\",kind=\"failed\"} 4",
        "resilience4j_circuitbreaker_calls_seconds_count{name=\"other\",kind=\"successful\"} 3",
        "guard_enabled{guard=\"breaker\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert!(
        text.contains("resilience4j_circuitbreaker_not_permitted_calls_total{name=\"other\"} ")
    );
}

#[tokio::test]
async fn without_a_breaker_every_call_arrives() {
    let switch = Switch::default();
    let (callee, metrics) = careful(switch.serve().await, &[SOON[0], ("BREAKER", "off")]);
    for _ in 0..50 {
        assert_eq!(callee.get("/", Context::new("t")).await, Err(CallError::Unavailable(503)));
    }
    assert_eq!(switch.calls.load(Ordering::SeqCst), 50);
    assert!(metrics.text().contains("state{name=\"other\",state=\"disabled\"} 1\n"));
}

#[tokio::test]
async fn a_call_that_its_caller_gives_up_keeps_no_permit() {
    let switch = Switch::default();
    let variables =
        [SOON[0], SOON[1], ("BREAKER_PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE", "1")];
    let (callee, metrics) = careful(switch.serve().await, &variables);
    for _ in 0..4 {
        drop(callee.get("/", Context::new("t")).await);
    }
    switch.well.store(true, Ordering::SeqCst);
    let ignored = "calls_seconds_count{name=\"other\",kind=\"ignored\"} 2\n";
    let giving_up = async {
        while !metrics.text().contains(ignored) {
            drop(timeout(Duration::from_millis(5), callee.get("/", Context::new("t"))).await);
            tokio::task::yield_now().await;
        }
    };
    timeout(BOUND, giving_up).await.expect("a second call gets the permit of the first");
}

#[tokio::test(start_paused = true)]
async fn without_a_deadline_a_call_waits_for_ever() {
    let hangs = || serve(Router::new().route("/", get(std::future::pending::<String>)));
    let (waits, _) = careful(hangs().await, &[("TIMEOUT", "off")]);
    let hour = Duration::from_secs(3600);
    assert!(timeout(hour, waits.get("/", Context::new("t"))).await.is_err());
    let (bounded, _) = careful(hangs().await, &[]);
    assert_eq!(bounded.get("/", Context::new("t")).await, Err(CallError::TimedOut));
}

#[tokio::test]
async fn a_changed_file_applies_to_the_next_call() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("calls.yaml");
    std::fs::write(&file, "CALL_TIMEOUT: 100ms\n").unwrap();
    let hanging = serve(Router::new().route("/", get(std::future::pending::<()>))).await;
    let env = Env::from_pairs([("CALLS_CONFIG", file.to_str().unwrap())]);
    let config = Config::read(env, Defaults { service: "own", port: 0, data_dir: "" }).unwrap();
    let metrics = config.metrics();
    let upstreams = Upstreams::parse(&format!("http://{hanging}")).unwrap();
    let callee = Callee::new("other", upstreams, &config.protection, &metrics);
    let call = || callee.get("/", Context::new("t"));
    assert_eq!(call().await, Err(CallError::TimedOut));
    let watching =
        config.protection.background(config.env(), &metrics).unwrap().start(&Health::default());
    let reloads = |outcome: &str| {
        let line = format!("config_reloads_total{{outcome=\"{outcome}\"}} 1");
        let (text, line) = (metrics.clone(), line);
        async move {
            while !text.text().lines().any(|found| found == line) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    };
    std::fs::write(&file, "CALL_TIMEOUT: never\n").unwrap();
    timeout(BOUND, reloads("refused")).await.expect("it is looked at");
    assert_eq!(config.protection.now().deadline, Some(Duration::from_millis(100)));
    std::fs::write(&file, "CALL_TIMEOUT: 100ms\nBREAKER_MINIMUM_NUMBER_OF_CALLS: 1\n").unwrap();
    timeout(BOUND, reloads("applied")).await.expect("it is looked at");
    assert_eq!(call().await, Err(CallError::TimedOut));
    assert!(matches!(call().await, Err(CallError::NotPermitted { .. })));
    watching.finish(BOUND).await;
}

#[test]
fn a_service_does_not_start_with_an_unusable_calls_file() {
    let env = Env::from_pairs([("CALLS_CONFIG", "/nowhere/calls.yaml")]);
    let error = Config::read(env, Defaults { service: "own", port: 0, data_dir: "" }).unwrap_err();
    assert!(
        error.to_string().starts_with("CALLS_CONFIG=/nowhere/calls.yaml cannot be used"),
        "{error}"
    );
}

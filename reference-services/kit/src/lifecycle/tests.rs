//! From SIGTERM to the end, without signals.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use hyper_util::server::graceful::GracefulShutdown;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{Instant, pause, timeout};

use super::{Background, Port, Service, Shutdown, Trigger, connections};
use crate::ServeError;
use crate::actuator;
use crate::config::{Config, Defaults, Env};
use crate::health::Health;

const BOUND: Duration = Duration::from_secs(20);

struct Bench {
    base: String,
    trigger: Trigger,
    service: JoinHandle<Result<(), ServeError>>,
    /// Rings when the slow route was asked.
    in_hand: Arc<Notify>,
    /// Lets the slow route answer.
    release: Arc<Notify>,
    /// Set when the background part has finished.
    finished: Arc<AtomicBool>,
}

fn start(grace: &str) -> Bench {
    let env = Env::from_pairs([("PORT", "0"), ("SHUTDOWN_GRACE", grace)]);
    let config = Config::read(env, Defaults { service: "own", port: 0, data_dir: "" }).unwrap();
    let port = Port::take(&config).unwrap();
    let base = format!("http://{}", port.address());
    let (health, metrics) = (Health::default(), config.metrics());
    let (release, finished) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
    let in_hand = Arc::new(Notify::new());
    let asked = Arc::clone(&in_hand);
    let (gate, done) = (Arc::clone(&release), Arc::clone(&finished));
    let slow = get(move || async move {
        asked.notify_one();
        gate.notified().await;
        "slow"
    });
    let router =
        actuator::routes(&health, &metrics, &json!({})).merge(Router::new().route("/slow", slow));
    let part = Background::new("part", |stop| async move {
        stop.requested().await;
        done.store(true, Ordering::SeqCst);
    });
    let service =
        Service { name: "own", grace: config.grace, health, router, background: vec![part] };
    let (trigger, shutdown) = Shutdown::manual();
    Bench {
        base,
        trigger,
        service: tokio::spawn(service.run(port, shutdown)),
        in_hand,
        release,
        finished,
    }
}

async fn status(base: &str, path: &str) -> Option<StatusCode> {
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    client.get(format!("{base}{path}")).send().await.ok().map(|response| response.status())
}

async fn until_ready(base: &str, expected: Option<StatusCode>) {
    let waiting = async {
        while status(base, "/actuator/health/readiness").await != expected {
            tokio::task::yield_now().await;
        }
    };
    timeout(BOUND, waiting).await.expect("readiness changes");
}

#[tokio::test]
async fn readiness_ends_first_and_the_service_serves_on() {
    let bench = start("1s");
    until_ready(&bench.base, Some(StatusCode::OK)).await;
    bench.trigger.stop();
    until_ready(&bench.base, Some(StatusCode::SERVICE_UNAVAILABLE)).await;
    assert_eq!(status(&bench.base, "/isHealthy").await, Some(StatusCode::OK));
    assert_eq!(status(&bench.base, "/actuator/health/liveness").await, Some(StatusCode::OK));
    assert!(!bench.finished.load(Ordering::SeqCst), "the parts go on while requests are served");
    timeout(BOUND, bench.service).await.unwrap().unwrap().unwrap();
    assert!(bench.finished.load(Ordering::SeqCst));
    assert_eq!(status(&bench.base, "/isHealthy").await, None);
}

#[tokio::test]
async fn an_open_request_is_answered_during_a_stop() {
    let bench = start("0s");
    until_ready(&bench.base, Some(StatusCode::OK)).await;
    let base = bench.base.clone();
    let asking =
        tokio::spawn(async move { reqwest::get(format!("{base}/slow")).await?.text().await });
    timeout(BOUND, bench.in_hand.notified()).await.expect("the request arrives");
    bench.trigger.stop();
    until_ready(&bench.base, None).await;
    assert!(!bench.service.is_finished());
    bench.release.notify_one();
    assert_eq!(timeout(BOUND, asking).await.unwrap().unwrap().unwrap(), "slow");
    timeout(BOUND, bench.service).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_second_stop_request_ends_a_service_at_once() {
    let bench = start("60m");
    until_ready(&bench.base, Some(StatusCode::OK)).await;
    bench.trigger.stop();
    until_ready(&bench.base, Some(StatusCode::SERVICE_UNAVAILABLE)).await;
    bench.trigger.insist();
    let outcome = timeout(BOUND, bench.service).await.unwrap().unwrap();
    assert!(matches!(outcome, Err(ServeError::Interrupted)));
}

#[tokio::test]
async fn a_background_part_that_ends_by_itself_fails_the_liveness_probe() {
    let health = Health::default();
    let running = Background::new("part", |_| async {}).start(&health);
    let waiting = async {
        while health.sickness().is_none() {
            tokio::task::yield_now().await;
        }
    };
    timeout(BOUND, waiting).await.expect("it is noticed");
    assert_eq!(health.sickness().as_deref(), Some("part has ended"));
    running.finish(BOUND).await;
}

#[tokio::test]
async fn a_client_that_does_not_send_its_head_is_cut_off() {
    let bench = start("0s");
    until_ready(&bench.base, Some(StatusCode::OK)).await;
    pause();
    let address = bench.base.strip_prefix("http://").unwrap();
    let begun = ["", "P", "PRI * HTTP/2.0\r\n", "GET /isHealthy HTTP/1.1\r\nhost: a\r\nx: "];
    for head in begun {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(head.as_bytes()).await.unwrap();
        let began = Instant::now();
        let cut = timeout(Duration::from_secs(3600), client.read_to_end(&mut Vec::new())).await;
        cut.expect(head).unwrap();
        assert_eq!(began.elapsed().as_secs(), 30, "{head:?}");
    }
    // A second head on a connection that was used has the same time.
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET /isHealthy HTTP/1.1\r\nhost: a\r\n\r\nGET /isH").await.unwrap();
    let mut replies = String::new();
    let cut = timeout(Duration::from_secs(3600), client.read_to_string(&mut replies)).await;
    cut.expect("it is cut off").unwrap();
    assert!(replies.starts_with("HTTP/1.1 200 OK"), "{replies}");
}

#[tokio::test]
async fn connections_beyond_the_most_wait_until_others_have_ended() {
    const MOST: usize = 3;
    let (in_hand, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let gate = Arc::new(Semaphore::new(0));
    let (counter, peak, opens) = (Arc::clone(&in_hand), Arc::clone(&most), Arc::clone(&gate));
    let slow = get(move || async move {
        peak.fetch_max(counter.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        drop(opens.acquire().await);
        counter.fetch_sub(1, Ordering::SeqCst);
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (router, ended) = (Router::new().route("/slow", slow), GracefulShutdown::new());
        connections::accept(&listener, &router, &ended, MOST).await;
    });
    let mut clients = Vec::new();
    for _ in 0..3 * MOST {
        let mut client = TcpStream::connect(address).await.unwrap();
        let request = b"GET /slow HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        client.write_all(request).await.unwrap();
        clients.push(client);
    }
    let full = async {
        while in_hand.load(Ordering::SeqCst) < MOST {
            tokio::task::yield_now().await;
        }
        // The others would have their turns, too, if they were accepted.
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
    };
    timeout(BOUND, full).await.expect("so many are served");
    gate.add_permits(1);
    for mut client in clients {
        let mut reply = String::new();
        timeout(BOUND, client.read_to_string(&mut reply)).await.expect("its turn").unwrap();
        assert!(reply.starts_with("HTTP/1.1 200 OK"), "{reply}");
    }
    assert_eq!(most.load(Ordering::SeqCst), MOST);
}

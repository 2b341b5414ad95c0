//! What a kill between commit and send does, with the outbox and without.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Linger, Outbox, Relay, Sender, Turn};
use crate::config::{Guard, Offsets};
use crate::event::{Cause, Envelope, Subject};
use crate::lifecycle::Stop;
use crate::log::{EventLog, SqliteLog};
use crate::metrics::Metrics;
use crate::store::{Kind, Store, StoreError, View};

const BOUND: Duration = Duration::from_secs(20);

fn metrics() -> Metrics {
    Metrics::new("own", None)
}

fn open(directory: &Path, guard: Guard) -> (Store, Sender) {
    let (outbox, sender) = Outbox::new(guard);
    (Store::open(&directory.join("own.db"), Kind::Sqlite, outbox).unwrap(), sender)
}

async fn publish(store: &Store, numbers: std::ops::Range<i64>) {
    let publishing = store.write(move |tx| {
        for aggregate_id in numbers {
            let subject = Subject { event_type: "Noted", aggregate_id, version: 1 };
            tx.publish(Envelope::new(
                subject,
                &Cause::command(&HeaderMap::new()),
                &serde_json::json!({}),
            )?)?;
        }
        Ok::<_, StoreError>(())
    });
    publishing.await.unwrap();
}

fn run(directory: &Path, store: &Store, sender: Sender) -> (watch::Sender<bool>, JoinHandle<()>) {
    let log: Arc<dyn EventLog> = Arc::new(SqliteLog::open(&directory.join("events.db")).unwrap());
    let (stop, stopped) = Stop::manual();
    let (topic, metrics) = ("topic", metrics());
    let task = match sender {
        Sender::Relay(wake) => {
            let turn = Turn::Lock(directory.join("own.db"));
            tokio::spawn(
                Relay { store: store.clone(), log, topic, wake, turn, metrics }.run(stopped),
            )
        }
        Sender::Linger(events) => tokio::spawn(Linger { events, log, topic, metrics }.run(stopped)),
    };
    (stop, task)
}

async fn sent(directory: &Path, count: usize) -> Vec<i64> {
    let log = SqliteLog::open(&directory.join("events.db")).unwrap();
    let witness = uuid::Uuid::now_v7().to_string();
    let mut subscription = log.subscribe(&witness, "topic", Offsets::Committed);
    let mut sent = Vec::new();
    let reading = async {
        while sent.len() < count {
            for delivery in subscription.poll(100).await.unwrap() {
                sent.push(
                    serde_json::from_slice::<Envelope>(&delivery.value).unwrap().aggregate_id,
                );
            }
        }
    };
    timeout(BOUND, reading).await.expect("the events arrive");
    sent.sort_unstable();
    sent
}

#[tokio::test]
async fn with_the_outbox_a_kill_after_the_commit_loses_nothing() {
    let directory = TempDir::new().unwrap();
    let (store, never_run) = open(directory.path(), Guard::On);
    publish(&store, 0..300).await;
    drop((store, never_run));
    let (store, sender) = open(directory.path(), Guard::On);
    let (stop, relay) = run(directory.path(), &store, sender);
    publish(&store, 300..303).await;
    assert_eq!(sent(directory.path(), 303).await, (0..303).collect::<Vec<_>>());
    stop.send_replace(true);
    timeout(BOUND, relay).await.unwrap().unwrap();
    assert!(store.read(|view: &View<'_>| view.outbox(1)).await.unwrap().is_empty());
}

#[tokio::test]
async fn without_the_outbox_a_kill_loses_unsent_events() {
    let directory = TempDir::new().unwrap();
    let (store, never_run) = open(directory.path(), Guard::Off);
    publish(&store, 0..3).await;
    drop((store, never_run));
    let (store, sender) = open(directory.path(), Guard::Off);
    let (stop, linger) = run(directory.path(), &store, sender);
    publish(&store, 3..5).await;
    stop.send_replace(true);
    timeout(BOUND, linger).await.unwrap().unwrap();
    assert_eq!(sent(directory.path(), 2).await, [3, 4], "a clean stop sends what is in memory");
}

#[tokio::test]
async fn one_replica_relays_and_another_takes_over() {
    let directory = TempDir::new().unwrap();
    let ((one, first), (other, second)) =
        (open(directory.path(), Guard::On), open(directory.path(), Guard::On));
    let (stop, relay) = run(directory.path(), &one, first);
    let _running = run(directory.path(), &other, second);
    publish(&other, 0..5).await;
    assert_eq!(sent(directory.path(), 5).await, [0, 1, 2, 3, 4]);
    stop.send_replace(true);
    timeout(BOUND, relay).await.unwrap().unwrap();
    publish(&other, 5..6).await;
    assert_eq!(sent(directory.path(), 6).await, [0, 1, 2, 3, 4, 5]);
}

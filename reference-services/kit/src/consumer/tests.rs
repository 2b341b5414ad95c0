//! Inbox, retries and dead letters.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Consumer, Drops, Handled, PolicyError, dead_letter};
use crate::config::{Acknowledge, Config, Defaults, Env, Guard, Offsets};
use crate::event::{Cause, Envelope, Subject};
use crate::lifecycle::Stop;
use crate::log::tests::places::Place;
use crate::log::{EventLog, NewRecord};
use crate::outbox::Outbox;
use crate::store::{Document, Kind, Store, StoreError, Tx, View};

const BOUND: Duration = Duration::from_secs(20);

#[derive(Serialize, Deserialize)]
struct Seen {
    id: i64,
    name: String,
}

impl Document for Seen {
    const COLLECTION: &'static str = "seen";

    fn id(&self) -> i64 {
        self.id
    }
}

fn policy(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    match event.event_type.as_str() {
        "Noted" => {
            let id = tx.next_id::<Seen>()?;
            tx.put(&Seen { id, name: event.aggregate_id.to_string() })?;
            Ok(Handled::Applied)
        }
        "Poisonous" => Err(PolicyError::unusable("it makes no sense")),
        _ => Ok(Handled::Ignored),
    }
}

struct Bench {
    log: Arc<dyn EventLog>,
    store: Store,
    stop: watch::Sender<bool>,
    consumer: JoinHandle<()>,
    topic: &'static str,
    _place: Place,
    _directory: TempDir,
}

impl Bench {
    /// On the embedded log.
    fn new(inbox: Guard) -> Self {
        Self::at(Place::embedded(), inbox)
    }

    fn at(place: Place, inbox: Guard) -> Self {
        Self::with(place, |consumer| consumer.inbox = inbox)
    }

    fn with(place: Place, change: impl FnOnce(&mut Consumer)) -> Self {
        let directory = TempDir::new().unwrap();
        let (outbox, _) = Outbox::new(Guard::On);
        let store = Store::open(&directory.path().join("own.db"), Kind::Sqlite, outbox).unwrap();
        let log = place.open();
        // A service's topic and group are known when it is compiled.
        let topic: &'static str = Box::leak(place.topic().to_owned().into_boxed_str());
        let defaults = Defaults { service: "group", port: 0, data_dir: "" };
        let metrics = Config::read(Env::default(), defaults).unwrap().metrics();
        let (stop, stopped) = Stop::manual();
        let mut consumer = Consumer {
            group: topic,
            topic,
            log: Arc::clone(&log),
            store: store.clone(),
            inbox: Guard::On,
            offsets: Offsets::Committed,
            acknowledge: Acknowledge::After,
            drops: Drops::default(),
            has_received: watch::Sender::new(false),
            policy: Arc::new(policy),
            metrics,
        };
        change(&mut consumer);
        Self {
            log,
            store,
            stop,
            consumer: tokio::spawn(consumer.run(stopped)),
            topic,
            _place: place,
            _directory: directory,
        }
    }

    async fn append(&self, values: impl IntoIterator<Item = Bytes>) {
        let record = |value| NewRecord {
            topic: self.topic.into(),
            key: "1".into(),
            value,
            headers: Default::default(),
        };
        self.log.append(values.into_iter().map(record).collect()).await.unwrap();
    }

    async fn names(&self) -> Vec<String> {
        let seen = self.store.read(|view: &View<'_>| view.all::<Seen>()).await.unwrap();
        seen.into_iter().map(|seen| seen.name).collect()
    }

    /// Waits until the last event, which all others precede, has been applied.
    async fn until_last(&self, last: &str) {
        let waiting = async {
            while self.names().await.last().is_none_or(|name| name != last) {
                tokio::task::yield_now().await;
            }
        };
        timeout(BOUND, waiting).await.expect("the last event is applied");
    }
}

fn event(event_type: &'static str, aggregate_id: i64) -> Bytes {
    let subject = Subject { event_type, aggregate_id, version: 1 };
    let cause = Cause::command(&HeaderMap::new());
    serde_json::to_vec(&Envelope::new(subject, &cause, &serde_json::json!({})).unwrap())
        .unwrap()
        .into()
}

#[tokio::test]
async fn with_the_inbox_an_event_is_applied_once() {
    let bench = Bench::new(Guard::On);
    let (one, two) = (event("Noted", 1), event("Noted", 2));
    bench.append([one.clone(), one.clone(), two, one, event("Noted", 99)]).await;
    bench.until_last("99").await;
    assert_eq!(bench.names().await, ["1", "2", "99"]);
}

#[tokio::test]
async fn without_the_inbox_an_event_is_applied_each_time_it_arrives() {
    let bench = Bench::new(Guard::Off);
    let one = event("Noted", 1);
    bench.append([one.clone(), one.clone(), one, event("Noted", 99)]).await;
    bench.until_last("99").await;
    assert_eq!(bench.names().await, ["1", "1", "1", "99"]);
}

#[tokio::test]
async fn an_event_is_known_for_as_long_as_it_is_kept_and_then_applied_again() {
    let has_received = watch::Sender::new(false);
    let receives = has_received.clone();
    let bench = Bench::with(Place::embedded(), |consumer| consumer.has_received = receives);
    let one = event("Noted", 1);
    bench.append([one.clone()]).await;
    bench.until_last("1").await;
    let receiving = has_received.subscribe();
    timeout(BOUND, receiving.clone().wait_for(|received| *received)).await.unwrap().unwrap();
    bench.append([one.clone(), event("Noted", 2)]).await;
    bench.until_last("2").await;
    bench.store.write(|tx| tx.forget(i64::MAX, 9, true)).await.unwrap();
    bench.append([one, event("Noted", 0)]).await;
    bench.until_last("0").await;
    assert_eq!(bench.names().await, ["1", "2", "1", "0"]);
}

async fn buries_a_poison_event(place: Place) {
    let bench = Bench::at(place, Guard::On);
    let (bad, no_json) = (event("Poisonous", 5), Bytes::from_static(b"\xffnot json"));
    bench
        .append([
            event("Noted", 1),
            bad.clone(),
            event("Other", 3),
            no_json.clone(),
            event("Noted", 99),
        ])
        .await;
    bench.until_last("99").await;
    assert_eq!(bench.names().await, ["1", "99"]);
    let letters = dead_letter::topic(bench.topic);
    let mut dead = bench.log.subscribe(bench.topic, &letters, Offsets::Committed);
    let mut letters = Vec::new();
    while letters.len() < 2 {
        letters.extend(timeout(BOUND, dead.poll(10)).await.unwrap().unwrap());
    }
    assert_eq!(
        letters.iter().map(|letter| letter.value.clone()).collect::<Vec<_>>(),
        [bad, no_json]
    );
    let header = |name: &str| letters[0].headers[name].as_str();
    assert_eq!(header(dead_letter::REASON), "the event cannot be applied: it makes no sense");
    assert_eq!(header("kafka_dlt-original-topic"), bench.topic);
    assert_eq!(header("kafka_dlt-original-consumer-group"), bench.topic);
    assert_eq!(header("kafka_dlt-original-offset"), "1");
    assert!(header("kafka_dlt-original-partition").parse::<u32>().is_ok());
}

#[tokio::test]
async fn a_poison_event_becomes_a_dead_letter_and_later_events_are_applied() {
    buries_a_poison_event(Place::embedded()).await;
}

#[cfg(feature = "kafka")]
#[tokio::test]
#[ignore = "needs Kafka: set KAFKA_BOOTSTRAP"]
async fn on_kafka_a_poison_event_becomes_a_dead_letter_and_later_events_are_applied() {
    buries_a_poison_event(Place::kafka()).await;
}

/// A service whose store never finishes what it was given, and which is then killed.
async fn given_again_after_a_kill(place: Place, acknowledge: Acknowledge) -> bool {
    let (begun, mut begins) = watch::channel(false);
    let bench = Bench::with(place, |consumer| {
        consumer.acknowledge = acknowledge;
        consumer.policy = Arc::new(move |_: &mut Tx<'_>, _: &Envelope| {
            begun.send_replace(true);
            // Until the outage is over, which it never is.
            Err(StoreError::Closed.into())
        });
    });
    bench.append([event("Noted", 1)]).await;
    timeout(BOUND, begins.wait_for(|begun| *begun)).await.unwrap().unwrap();
    bench.consumer.abort();
    let _ = bench.consumer.await;
    bench
        .log
        .append(vec![NewRecord {
            topic: bench.topic.into(),
            key: "1".into(),
            value: "next".into(),
            headers: Default::default(),
        }])
        .await
        .unwrap();
    let mut successor = bench.log.subscribe(bench.topic, bench.topic, Offsets::Committed);
    let next = timeout(BOUND, successor.poll(10)).await.unwrap().unwrap();
    next.first().is_some_and(|delivery| delivery.value != "next")
}

#[tokio::test]
async fn an_unapplied_event_is_delivered_again_unless_it_was_acknowledged_first() {
    assert!(given_again_after_a_kill(Place::embedded(), Acknowledge::After).await);
    assert!(!given_again_after_a_kill(Place::embedded(), Acknowledge::Before).await);
}

#[tokio::test]
async fn a_consumer_can_drop_every_nth_event() {
    let bench = Bench::with(Place::embedded(), |consumer| {
        consumer.drops = Drops::each(NonZeroU64::new(3));
    });
    bench.append((1..=7).map(|id| event("Noted", id))).await;
    bench.until_last("7").await;
    assert_eq!(bench.names().await, ["1", "2", "4", "5", "7"]);
}

#[tokio::test]
async fn a_clean_stop_commits_the_processed_offsets() {
    let bench = Bench::new(Guard::Off);
    bench.append([event("Noted", 1), event("Noted", 99)]).await;
    bench.until_last("99").await;
    bench.stop.send_replace(true);
    timeout(BOUND, bench.consumer).await.unwrap().unwrap();
    let mut successor = bench.log.subscribe(bench.topic, bench.topic, Offsets::Committed);
    let record = NewRecord {
        topic: bench.topic.into(),
        key: "1".into(),
        value: "next".into(),
        headers: Default::default(),
    };
    bench.log.append(vec![record]).await.unwrap();
    let next = timeout(BOUND, successor.poll(10)).await.unwrap().unwrap();
    assert_eq!(next.iter().map(|delivery| &delivery.value[..]).collect::<Vec<_>>(), [b"next"]);
}

#[test]
fn a_store_failure_does_not_make_an_event_unusable() {
    assert!(matches!(PolicyError::from(StoreError::Closed), PolicyError::Store(_)));
}

//! What a log must do, on the embedded one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::timeout;

use crate::config::Offsets;

use super::{Delivery, EventLog, NewRecord, PARTITIONS, Rewind, SqliteLog, Subscription, partition_of};

const TOPIC: &str = "topic";
/// Far more than anything here takes, even on a busy machine.
const BOUND: Duration = Duration::from_secs(20);

fn open(directory: &Path) -> SqliteLog {
    SqliteLog::open(&directory.join("events.db")).unwrap()
}

fn record(key: i64, value: i64) -> NewRecord {
    NewRecord {
        topic: TOPIC.into(),
        key: key.to_string(),
        value: value.to_string().into(),
        headers: BTreeMap::new(),
    }
}

fn value(delivery: &Delivery) -> i64 {
    std::str::from_utf8(&delivery.value).unwrap().parse().unwrap()
}

async fn receive(subscription: &mut dyn Subscription, count: usize) -> Vec<Delivery> {
    let mut received = Vec::new();
    let receiving = async {
        while received.len() < count {
            let deliveries = subscription.poll(100).await.unwrap();
            deliveries.iter().for_each(|delivery| subscription.processed(delivery));
            received.extend(deliveries);
        }
    };
    timeout(BOUND, receiving).await.expect("the records arrive");
    received
}

/// Polls both until they own all partitions between them, half each.
async fn balance(one: &mut dyn Subscription, other: &mut dyn Subscription) {
    let balancing = async {
        while one.assignment().len() != 3 || other.assignment().len() != 3 {
            drop(timeout(Duration::from_millis(20), one.poll(1)).await);
            drop(timeout(Duration::from_millis(20), other.poll(1)).await);
        }
    };
    timeout(BOUND, balancing).await.expect("the partitions are shared out");
    let owned: BTreeSet<u32> = one.assignment().into_iter().chain(other.assignment()).collect();
    assert_eq!(owned.len(), PARTITIONS as usize);
}

#[tokio::test]
async fn records_of_a_key_stay_in_order_and_none_is_lost() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path());
    for chunk in 0..10 {
        log.append((0..30).map(|n| record(n % 7, chunk * 30 + n)).collect()).await.unwrap();
    }
    let received = receive(log.subscribe("group", TOPIC, Offsets::Committed).as_mut(), 300).await;
    assert_eq!(received.iter().map(value).collect::<BTreeSet<_>>(), (0..300).collect());
    for key in 0..7 {
        let of_key: Vec<_> =
            received.iter().filter(|delivery| delivery.key == key.to_string()).map(value).collect();
        assert!(of_key.is_sorted(), "key {key}: {of_key:?}");
    }
    assert!(received.iter().all(|delivery| delivery.partition == partition_of(&delivery.key)));
}

#[tokio::test]
async fn each_group_receives_everything_from_the_beginning() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path());
    log.append(vec![record(1, 1), record(2, 2)]).await.unwrap();
    for group in ["one", "other"] {
        let received = receive(log.subscribe(group, TOPIC, Offsets::Committed).as_mut(), 2).await;
        assert_eq!(received.iter().map(value).collect::<BTreeSet<_>>(), BTreeSet::from([1, 2]));
    }
}

#[tokio::test]
async fn two_replicas_share_the_partitions_without_duplicates() {
    let directory = TempDir::new().unwrap();
    let (here, there) = (open(directory.path()), open(directory.path()));
    let (mut one, mut other) = (
        here.subscribe("group", TOPIC, Offsets::Committed),
        there.subscribe("group", TOPIC, Offsets::Committed),
    );
    balance(one.as_mut(), other.as_mut()).await;
    here.append((0..120).map(|n| record(n, n)).collect()).await.unwrap();
    let owned: BTreeSet<u32> = one.assignment().into_iter().collect();
    let share = (0..120_i64).filter(|n| owned.contains(&partition_of(&n.to_string()))).count();
    assert!(share > 0 && share < 120);
    let (received, rest) = tokio::join!(receive(one.as_mut(), share), receive(other.as_mut(), 120 - share));
    let all: Vec<i64> = received.iter().chain(&rest).map(value).collect();
    assert_eq!(all.len(), 120);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), (0..120).collect());
}

#[tokio::test]
async fn a_replica_that_leaves_hands_over_what_it_has_not_processed() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path());
    let mut one = log.subscribe("group", TOPIC, Offsets::Committed);
    log.append((0..10).map(|n| record(1, n)).collect()).await.unwrap();
    let deliveries = one.poll(100).await.unwrap();
    deliveries[..4].iter().for_each(|delivery| one.processed(delivery));
    one.leave().await.unwrap();
    let mut other = log.subscribe("group", TOPIC, Offsets::Committed);
    let rest = receive(other.as_mut(), 6).await;
    assert_eq!(rest.iter().map(value).collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9]);
}

#[tokio::test]
async fn a_replica_that_vanishes_is_replaced_and_fenced_off() {
    let directory = TempDir::new().unwrap();
    let (here, there) = (open(directory.path()), open(directory.path()));
    let mut vanishing = here.subscribe("group", TOPIC, Offsets::Committed);
    here.append((0..4).map(|n| record(1, n)).collect()).await.unwrap();
    let in_hand = vanishing.poll(100).await.unwrap();
    assert_eq!(in_hand.len(), 4);
    let began = Instant::now();
    let mut heir = there.subscribe("group", TOPIC, Offsets::Committed);
    let again = receive(heir.as_mut(), 4).await;
    assert!(began.elapsed() > Duration::from_secs(2), "not before the session has ended");
    assert_eq!(again, in_hand);
    heir.leave().await.unwrap();
    // The first one wakes up, believes that it still owns the partition, and commits less than the heir has.
    vanishing.processed(&in_hand[0]);
    drop(timeout(Duration::from_millis(300), vanishing.poll(100)).await);
    vanishing.leave().await.unwrap();
    here.append(vec![record(1, 4)]).await.unwrap();
    let next = receive(there.subscribe("group", TOPIC, Offsets::Committed).as_mut(), 1).await;
    assert_eq!(value(&next[0]), 4, "the heir's offset stands");
}

#[tokio::test]
async fn reading_from_the_end_forgets_what_came_before() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path());
    log.append((0..3).map(|n| record(1, n)).collect()).await.unwrap();
    let mut subscription = log.subscribe("group", TOPIC, Offsets::Latest);
    let nothing = timeout(Duration::from_millis(100), subscription.poll(10)).await;
    assert!(nothing.is_err(), "{nothing:?}");
    log.append(vec![record(1, 3)]).await.unwrap();
    assert_eq!(value(&receive(subscription.as_mut(), 1).await[0]), 3);
}

#[tokio::test]
async fn a_replica_whose_process_ends_is_replaced_at_once() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path());
    let mut ending = log.subscribe("group", TOPIC, Offsets::Committed);
    log.append((0..4).map(|n| record(1, n)).collect()).await.unwrap();
    let in_hand = ending.poll(100).await.unwrap();
    // Dropped without leaving: all that is left is the row that says that it was there.
    drop(ending);
    let began = Instant::now();
    let again = receive(log.subscribe("group", TOPIC, Offsets::Committed).as_mut(), 4).await;
    assert_eq!(again, in_hand);
    assert!(began.elapsed() < Duration::from_secs(2), "long before the session would have ended");
}

#[tokio::test]
async fn rewinding_delivers_again_to_those_who_are_there() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path());
    let mut subscription = log.subscribe("group", TOPIC, Offsets::Committed);
    log.append((0..5).map(|n| record(1, n)).collect()).await.unwrap();
    receive(subscription.as_mut(), 5).await;
    log.rewind("group", TOPIC, Rewind::Beginning).await.unwrap();
    let again = receive(subscription.as_mut(), 5).await;
    assert_eq!(again.iter().map(value).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    subscription.leave().await.unwrap();
    log.rewind("group", TOPIC, Rewind::Back(2)).await.unwrap();
    let last = receive(log.subscribe("group", TOPIC, Offsets::Committed).as_mut(), 2).await;
    assert_eq!(last.iter().map(value).collect::<Vec<_>>(), [3, 4]);
}

#[tokio::test]
async fn those_who_wait_are_woken_at_once() {
    let directory = TempDir::new().unwrap();
    let (here, there) = (open(directory.path()), open(directory.path()));
    let mut subscription = there.subscribe("group", TOPIC, Offsets::Committed);
    here.append(vec![record(1, 0)]).await.unwrap();
    receive(subscription.as_mut(), 1).await;
    let mut fastest = Duration::MAX;
    for n in 1..=10 {
        let waiting = async {
            let received = receive(subscription.as_mut(), 1).await;
            assert_eq!(value(&received[0]), n);
            Instant::now()
        };
        let appending = async {
            tokio::task::yield_now().await;
            here.append(vec![record(1, n)]).await.unwrap();
            Instant::now()
        };
        let (woken, appended) = tokio::join!(waiting, appending);
        fastest = fastest.min(woken.saturating_duration_since(appended));
    }
    // Looking now and then would take 125 ms on average: ten times in a row under 50 ms does not happen by chance.
    assert!(fastest < Duration::from_millis(50), "the fastest of ten took {fastest:?}");
}

#[tokio::test]
async fn what_was_appended_outlives_the_process() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path());
    log.append(vec![record(1, 7)]).await.unwrap();
    // Never closed, as after a kill: the file is opened as it lies there.
    std::mem::forget(log);
    let received =
        receive(open(directory.path()).subscribe("group", TOPIC, Offsets::Committed).as_mut(), 1).await;
    assert_eq!(value(&received[0]), 7);
}

#[test]
fn a_log_that_cannot_be_opened_is_named() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("events.db");
    std::fs::write(&path, "no log ".repeat(1000)).unwrap();
    let error = SqliteLog::open(&path).err().unwrap().to_string();
    assert!(error.contains(path.to_str().unwrap()) && error.contains("EVENT_LOG"), "{error}");
}

#[test]
fn keys_spread_over_all_partitions() {
    let used: BTreeSet<u32> = (1..100).map(|key: i32| partition_of(&key.to_string())).collect();
    assert_eq!(used.len(), PARTITIONS as usize);
}

//! What the embedded log does beyond the suite: it knows the dead at once, and wakes those who
//! wait.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::timeout;

use super::{BOUND, receive, value};
use crate::config::Offsets;
use crate::log::{EventLog, NewRecord, PARTITIONS, SqliteLog, Start, partition_of};

const TOPIC: &str = "topic";

fn open(directory: &Path) -> SqliteLog {
    SqliteLog::open(&directory.join("events.db")).unwrap()
}

fn record(key: i64, value: i64) -> NewRecord {
    super::record(TOPIC, key, value)
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
    // The first one wakes up, believes that it still owns the partition, and commits less than the
    // heir has.
    vanishing.processed(&in_hand[0]);
    drop(timeout(Duration::from_millis(300), vanishing.poll(100)).await);
    vanishing.leave().await.unwrap();
    here.append(vec![record(1, 4)]).await.unwrap();
    let next = receive(there.subscribe("group", TOPIC, Offsets::Committed).as_mut(), 1).await;
    assert_eq!(value(&next[0]), 4, "the heir's offset stands");
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
async fn waiting_consumers_are_woken_at_once() {
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
    // Looking now and then would take 125 ms on average: ten times in a row under 50 ms does not
    // happen by chance.
    assert!(fastest < Duration::from_millis(50), "the fastest of ten took {fastest:?}");
}

/// Reads the first `count` records of the topic, and leaves.
async fn read(log: &SqliteLog, group: &str, count: usize) -> Vec<i64> {
    let mut subscription = log.subscribe(group, TOPIC, Offsets::Committed);
    let mut values = Vec::new();
    while values.len() < count {
        for delivery in timeout(BOUND, subscription.poll(100)).await.unwrap().unwrap() {
            if values.len() < count {
                subscription.processed(&delivery);
                values.push(value(&delivery));
            }
        }
    }
    subscription.leave().await.unwrap();
    values
}

#[tokio::test]
async fn only_records_that_every_group_has_read_are_dropped() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path()).keeping(10);
    let append = async |from: i64| {
        log.append((from..from + 1100).map(|n| record(1, n)).collect()).await.unwrap();
    };
    append(0).await;
    // Nobody has read it: it is kept for every later reader.
    assert_eq!(read(&log, "fast", 1100).await[0], 0);
    assert_eq!(read(&log, "slow", 500).await[499], 499);
    append(1100).await;
    assert_eq!(read(&log, "late", 1).await, [500], "the slow one has not read it");
    assert_eq!(read(&log, "slow", 1700).await[0], 500);
    assert_eq!(read(&log, "fast", 1100).await, (1100..2200).collect::<Vec<_>>());
    assert_eq!(read(&log, "late", 1699).await[0], 501);
    append(2200).await;
    // All have read what came before: at the next look it was dropped.
    assert_eq!(read(&log, "latest", 1).await, [2200]);
}

#[tokio::test]
async fn a_group_that_has_gone_keeps_no_records_and_one_that_has_members_does() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path()).keeping(10).keeping_groups_for(Duration::from_secs(3600));
    let append = async |log: &SqliteLog, from: i64| {
        log.append((from..from + 1100).map(|n| record(1, n)).collect()).await.unwrap();
    };
    append(&log, 0).await;
    assert_eq!(read(&log, "gone", 100).await[99], 99);
    assert_eq!(read(&log, "there", 1100).await[0], 0);
    append(&log, 1100).await;
    assert_eq!(read(&log, "probe", 1).await, [100], "the hour has not passed");
    // As if the hour had passed for both that have left, but one of them comes back.
    let log = log.keeping_groups_for(Duration::ZERO);
    append(&log, 2200).await;
    assert!(read(&log, "late", 1).await[0] >= 2200, "nobody has members");
    let log = log.keeping_groups_for(Duration::from_secs(3600));
    append(&log, 3300).await;
    // What was dropped is passed over by the group that had not read it.
    assert!(read(&log, "gone", 1).await[0] >= 2200);
}

#[tokio::test]
async fn dead_letters_that_no_group_reads_are_kept_by_their_number() {
    let directory = TempDir::new().unwrap();
    let log = open(directory.path()).keeping(10);
    let dead = (0..1100).map(|n| super::record("topic.DLT", 1, n)).collect();
    log.append(dead).await.unwrap();
    let mut tail = log.tail("topic.DLT", Start::Beginning);
    let first = timeout(BOUND, tail.poll(6)).await.unwrap().unwrap();
    // It looked after 1,024, and kept ten of them.
    assert_eq!(value(&first[0]), 1014);
}

#[test]
fn an_error_names_the_log_that_cannot_be_opened() {
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

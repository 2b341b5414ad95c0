//! What every log must do.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::places::Place;
use super::{BOUND, balance, receive, record, value};
use crate::config::Offsets;
use crate::log::{Delivery, Rewind, Start, Subscription, Tail};

async fn records_of_a_key_stay_in_order_and_none_is_lost(place: Place) {
    let log = place.open();
    for chunk in 0..10 {
        log.append((0..30).map(|n| record(place.topic(), n % 7, chunk * 30 + n)).collect())
            .await
            .unwrap();
    }
    let received =
        receive(log.subscribe(place.topic(), place.topic(), Offsets::Committed).as_mut(), 300)
            .await;
    assert_eq!(received.iter().map(value).collect::<BTreeSet<_>>(), (0..300).collect());
    for key in 0..7 {
        let of_key: Vec<_> =
            received.iter().filter(|delivery| delivery.key == key.to_string()).map(value).collect();
        assert!(of_key.is_sorted(), "key {key}: {of_key:?}");
    }
    let of_keys: BTreeSet<_> = received.iter().map(|one| (&one.key, one.partition)).collect();
    assert_eq!(of_keys.len(), 7, "{place}: a key stays in its partition");
}

async fn each_group_receives_everything_from_the_beginning(place: Place) {
    let log = place.open();
    log.append(vec![record(place.topic(), 1, 1), record(place.topic(), 2, 2)]).await.unwrap();
    for group in [&format!("{}-one", place.topic()), place.topic()] {
        let received =
            receive(log.subscribe(group, place.topic(), Offsets::Committed).as_mut(), 2).await;
        assert_eq!(received.iter().map(value).collect::<BTreeSet<_>>(), BTreeSet::from([1, 2]));
    }
}

async fn a_replica_that_leaves_hands_over_what_it_has_not_processed(place: Place) {
    let log = place.open();
    let mut one = log.subscribe(place.topic(), place.topic(), Offsets::Committed);
    log.append((0..10).map(|n| record(place.topic(), 1, n)).collect()).await.unwrap();
    let deliveries = one.poll(100).await.unwrap();
    deliveries[..4].iter().for_each(|delivery| one.processed(delivery));
    one.leave().await.unwrap();
    let mut other = log.subscribe(place.topic(), place.topic(), Offsets::Committed);
    let rest = receive(other.as_mut(), 6).await;
    assert_eq!(rest.iter().map(value).collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9]);
}

async fn reading_from_the_end_skips_earlier_records(place: Place) {
    let log = place.open();
    log.append((0..3).map(|n| record(place.topic(), 1, n)).collect()).await.unwrap();
    let mut subscription = log.subscribe(place.topic(), place.topic(), Offsets::Latest);
    let waiting = async {
        for n in 3.. {
            let received = briefly(subscription.as_mut()).await;
            if let Some(first) = received.first() {
                return value(first);
            }
            if !subscription.assignment().is_empty() {
                log.append(vec![record(place.topic(), 1, n)]).await.unwrap();
            }
        }
        unreachable!("the numbers do not end")
    };
    let first = timeout(BOUND, waiting).await.expect("what is appended now arrives");
    assert!(first >= 3, "{place}: {first} was there before");
}

async fn rewinding_delivers_records_again(place: Place) {
    let log = place.open();
    let mut subscription = log.subscribe(place.topic(), place.topic(), Offsets::Committed);
    log.append((0..5).map(|n| record(place.topic(), 1, n)).collect()).await.unwrap();
    receive(subscription.as_mut(), 5).await;
    if !place.rewinds_at_once() {
        subscription.leave().await.unwrap();
    }
    log.rewind(place.topic(), place.topic(), Rewind::Beginning).await.unwrap();
    let again = receive(subscription.as_mut(), 5).await;
    assert_eq!(again.iter().map(value).collect::<Vec<_>>(), [0, 1, 2, 3, 4], "{place}");
    subscription.leave().await.unwrap();
    log.rewind(place.topic(), place.topic(), Rewind::Back(2)).await.unwrap();
    let mut successor = log.subscribe(place.topic(), place.topic(), Offsets::Committed);
    let last = receive(successor.as_mut(), 2).await;
    assert_eq!(last.iter().map(value).collect::<Vec<_>>(), [3, 4], "{place}");
}

async fn two_replicas_share_the_partitions_without_duplicates(place: Place) {
    let (here, there) = (place.open(), place.open());
    let (mut one, mut other) = (
        here.subscribe(place.topic(), place.topic(), Offsets::Committed),
        there.subscribe(place.topic(), place.topic(), Offsets::Committed),
    );
    balance(one.as_mut(), other.as_mut()).await;
    here.append((0..120).map(|n| record(place.topic(), n, n)).collect()).await.unwrap();
    let (mut all, mut of_one) = (Vec::new(), 0);
    let receiving = async {
        while all.len() < 120 {
            let (received, rest) = tokio::join!(briefly(one.as_mut()), briefly(other.as_mut()));
            of_one += received.len();
            all.extend(received.iter().chain(&rest).map(value));
        }
    };
    timeout(BOUND, receiving).await.expect("the records arrive");
    assert!(of_one > 0 && of_one < 120, "{place}: each has its share");
    all.sort_unstable();
    assert_eq!(all, (0..120).collect::<Vec<_>>(), "{place}");
}

/// What comes within a moment, processed.
async fn briefly(subscription: &mut dyn Subscription) -> Vec<Delivery> {
    let received = timeout(Duration::from_millis(50), subscription.poll(100)).await;
    let received = received.map(Result::unwrap).unwrap_or_default();
    received.iter().for_each(|delivery| subscription.processed(delivery));
    received
}

async fn a_replica_that_is_dropped_without_leaving_is_replaced_soon(place: Place) {
    let log = place.open();
    let mut ending = log.subscribe(place.topic(), place.topic(), Offsets::Committed);
    log.append((0..4).map(|n| record(place.topic(), 1, n)).collect()).await.unwrap();
    let in_hand = timeout(BOUND, ending.poll(100)).await.unwrap().unwrap();
    drop(ending);
    let began = Instant::now();
    let mut heir = log.subscribe(place.topic(), place.topic(), Offsets::Committed);
    let again = receive(heir.as_mut(), 4).await;
    assert_eq!(again[..in_hand.len()], in_hand, "{place}");
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{place}: long before a session would have ended"
    );
}

async fn records_outlive_the_process_that_appended_them(place: Place) {
    let log = place.open();
    let mut sent = record(place.topic(), 1, 7);
    sent.key = "주문-1".into();
    sent.value = r#"{"productName":"따뜻한 아메리카노 ☕️"}"#.into();
    sent.headers = BTreeMap::from([("이유".to_owned(), "없음".to_owned())]);
    log.append(vec![sent.clone()]).await.unwrap();
    // Never closed, as after a kill: the log is opened as it stands there.
    std::mem::forget(log);
    let log = place.open();
    let mut subscription = log.subscribe(place.topic(), place.topic(), Offsets::Committed);
    let received = &receive(subscription.as_mut(), 1).await[0];
    assert_eq!(
        (&received.key, &received.value, &received.headers),
        (&sent.key, &sent.value, &sent.headers)
    );
}

async fn a_tail_reads_a_whole_topic_and_leaves_groups_alone(place: Place) {
    let log = place.open();
    let mut member = log.subscribe(place.topic(), place.topic(), Offsets::Committed);
    log.append((0..30).map(|n| record(place.topic(), n, n)).collect()).await.unwrap();
    assert!(log.topics().await.unwrap().contains(&place.topic().to_owned()), "{place}");
    let mut all = log.tail(place.topic(), Start::Beginning);
    assert_eq!(read(all.as_mut(), 30).await, (0..30).collect(), "{place}");
    let mut news = log.tail(place.topic(), Start::End);
    assert!(
        timeout(Duration::from_secs(1), news.poll(10)).await.is_err(),
        "{place}: nothing is new"
    );
    log.append(vec![record(place.topic(), 7, 30)]).await.unwrap();
    assert_eq!(read(news.as_mut(), 1).await, BTreeSet::from([30]), "{place}");
    assert_eq!(read(all.as_mut(), 1).await, BTreeSet::from([30]), "{place}");
    assert_eq!(receive(member.as_mut(), 31).await.len(), 31, "{place}: the group has it all, too");
}

async fn read(tail: &mut dyn Tail, count: usize) -> BTreeSet<i64> {
    let mut values = BTreeSet::new();
    let reading = async {
        while values.len() < count {
            values.extend(tail.poll(4).await.unwrap().iter().map(value));
        }
    };
    timeout(BOUND, reading).await.expect("the records arrive");
    values
}

on_engines! {
    sqlite [] at Place::embedded(),
    #[cfg(feature = "kafka")]
    kafka [#[ignore = "needs Kafka: set KAFKA_BOOTSTRAP"]] at Place::kafka(),
    => [
        records_of_a_key_stay_in_order_and_none_is_lost,
        each_group_receives_everything_from_the_beginning,
        a_replica_that_leaves_hands_over_what_it_has_not_processed,
        reading_from_the_end_skips_earlier_records,
        rewinding_delivers_records_again,
        two_replicas_share_the_partitions_without_duplicates,
        a_replica_that_is_dropped_without_leaving_is_replaced_soon,
        records_outlive_the_process_that_appended_them,
        a_tail_reads_a_whole_topic_and_leaves_groups_alone,
    ]
}

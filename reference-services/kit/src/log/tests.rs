//! What every log must do alike, and what only one does.

mod full_disk;
#[cfg(feature = "kafka")]
mod kafka;
pub(crate) mod places;
mod sqlite;
mod suite;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::timeout;

use super::{Delivery, NewRecord, PARTITIONS, Subscription};

/// Far more than anything here takes, even on a busy machine.
const BOUND: Duration = Duration::from_secs(20);

fn record(topic: &str, key: i64, value: i64) -> NewRecord {
    NewRecord {
        topic: topic.into(),
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

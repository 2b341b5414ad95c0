//! Dead letters: an event that cannot be applied goes to `<topic>.DLT` unchanged, with the reason
//! in a header.

use std::collections::BTreeMap;

use crate::log::{DEAD_LETTERS, Delivery, NewRecord};

/// The header with the reason why an event is dead.
pub const REASON: &str = "kafka_dlt-exception-message";

/// The topic of dead letters.
#[must_use]
pub fn topic(of: &str) -> String {
    format!("{of}{DEAD_LETTERS}")
}

/// The header names are those of Spring Kafka's dead-letter publisher.
pub(super) fn record(of: &str, group: &str, delivery: &Delivery, reason: &str) -> NewRecord {
    let mut headers: BTreeMap<String, String> = delivery.headers.clone();
    let facts = [
        (REASON, reason.to_owned()),
        ("kafka_dlt-original-topic", of.to_owned()),
        ("kafka_dlt-original-partition", delivery.partition.to_string()),
        ("kafka_dlt-original-offset", delivery.offset.to_string()),
        ("kafka_dlt-original-consumer-group", group.to_owned()),
    ];
    headers.extend(facts.map(|(name, value)| (name.to_owned(), value)));
    NewRecord {
        topic: topic(of),
        key: delivery.key.clone(),
        value: delivery.value.clone(),
        headers,
    }
}

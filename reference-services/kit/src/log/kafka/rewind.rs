//! Rewinds a group's offsets.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};

use super::connection::{Connection, Voice};
use crate::log::{LogError, Rewind};

const PATIENCE: Duration = Duration::from_secs(10);

/// Kafka refuses commits from outside while a group has members.
pub(super) fn rewind(
    connection: &Arc<Connection>,
    group: &str,
    topic: &str,
    to: Rewind,
) -> Result<(), LogError> {
    let mut config = connection.config();
    config.set("group.id", group).set("enable.auto.commit", "false");
    let consumer: BaseConsumer<Voice> =
        config.create_with_context(Voice(Arc::clone(connection)))?;
    let wanted = offsets(&consumer, topic, to)?;
    // The group has committed nothing, so there is nothing to rewind.
    if wanted.count() == 0 {
        return Ok(());
    }
    consumer.commit(&wanted, CommitMode::Sync).map_err(|error| match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::UnknownMemberId | RDKafkaErrorCode::RebalanceInProgress) => {
            LogError::failed(format!("the group {group} has members: stop its services first"))
        }
        _ => error.into(),
    })
}

/// Partitions of which nothing was committed start at the beginning anyway.
fn offsets(
    consumer: &BaseConsumer<Voice>,
    topic: &str,
    to: Rewind,
) -> Result<TopicPartitionList, LogError> {
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE)?;
    let mut all = TopicPartitionList::new();
    for partition in metadata.topics().iter().flat_map(rdkafka::metadata::MetadataTopic::partitions)
    {
        all.add_partition(topic, partition.id());
    }
    let mut wanted = TopicPartitionList::new();
    for one in consumer.committed_offsets(all, PATIENCE)?.elements() {
        if let Offset::Offset(committed) = one.offset() {
            // Retention may have removed the oldest records: the group must not be set to an offset
            // that does not exist any more.
            let (first, _) = consumer.fetch_watermarks(topic, one.partition(), PATIENCE)?;
            let back = match to {
                Rewind::Beginning => first,
                Rewind::Back(records) => first.max(committed - i64::from(records)),
            };
            wanted.add_partition_offset(topic, one.partition(), Offset::Offset(back))?;
        }
    }
    Ok(wanted)
}

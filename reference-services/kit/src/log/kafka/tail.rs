//! Reading all of a topic, in no group.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer, StreamConsumer};
use rdkafka::metadata::{MetadataPartition, MetadataTopic};
use rdkafka::{Offset, TopicPartitionList};

use super::connection::{Connection, Voice, on_a_thread};
use super::deliveries;
use crate::log::{Delivery, LogError, LogFuture, Start, Tail};

const PATIENCE: Duration = Duration::from_secs(5);
/// librdkafka requires a group name, but a consumer that assigns its partitions itself
/// joins no group.
const NOBODY: &str = "brunt-tail";

pub(super) struct KafkaTail {
    connection: Arc<Connection>,
    topic: String,
    start: Start,
    consumer: Option<StreamConsumer<Voice>>,
}

impl KafkaTail {
    pub(super) fn new(connection: Arc<Connection>, topic: &str, start: Start) -> Self {
        Self { connection, topic: topic.to_owned(), start, consumer: None }
    }

    async fn begin(&self) -> Result<StreamConsumer<Voice>, LogError> {
        let partitions = partitions(&self.connection, &self.topic).await?;
        let offset = match self.start {
            Start::Beginning => Offset::Beginning,
            Start::End => Offset::End,
        };
        let mut all = TopicPartitionList::new();
        for partition in partitions {
            all.add_partition_offset(&self.topic, partition, offset)?;
        }
        let consumer: StreamConsumer<Voice> =
            reader(&self.connection).create_with_context(Voice(Arc::clone(&self.connection)))?;
        consumer.assign(&all)?;
        Ok(consumer)
    }

    async fn next_batch(&mut self, max: usize) -> Result<Vec<Delivery>, LogError> {
        // Opened by the first poll, so that making a tail needs no broker.
        let consumer = match self.consumer.take() {
            Some(consumer) => consumer,
            None => self.begin().await?,
        };
        deliveries::next(&self.connection, self.consumer.insert(consumer), max).await
    }
}

fn reader(connection: &Connection) -> rdkafka::ClientConfig {
    let mut config = connection.config();
    config
        .set("group.id", NOBODY)
        .set("enable.auto.commit", "false")
        .set("auto.offset.reset", "earliest");
    config
}

async fn partitions(connection: &Arc<Connection>, topic: &str) -> Result<Vec<i32>, LogError> {
    let (connection, topic) = (Arc::clone(connection), topic.to_owned());
    let asking = on_a_thread(move || {
        let client: BaseConsumer<Voice> =
            reader(&connection).create_with_context(Voice(Arc::clone(&connection)))?;
        let metadata = client.fetch_metadata(Some(&topic), PATIENCE)?;
        let partitions = metadata.topics().iter().flat_map(MetadataTopic::partitions);
        Ok(partitions.map(MetadataPartition::id).collect())
    });
    asking.await
}

/// Kafka's own topics are left out.
pub(super) async fn topics(connection: Arc<Connection>) -> Result<Vec<String>, LogError> {
    let asking = on_a_thread(move || {
        let client: BaseConsumer<Voice> =
            reader(&connection).create_with_context(Voice(Arc::clone(&connection)))?;
        let metadata = client.fetch_metadata(None, PATIENCE)?;
        let mut names: Vec<String> =
            metadata.topics().iter().map(|topic| topic.name().to_owned()).collect();
        // Topics such as `__consumer_offsets` are Kafka's own bookkeeping.
        names.retain(|name| !name.starts_with("__"));
        names.sort_unstable();
        Ok(names)
    });
    asking.await
}

impl Tail for KafkaTail {
    fn poll(&mut self, max: usize) -> LogFuture<'_, Vec<Delivery>> {
        Box::pin(self.next_batch(max))
    }
}

//! One member of a consumer group.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{CommitMode, Consumer, StreamConsumer};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::admin;
use super::connection::{Connection, on_a_thread};
use super::deliveries;
use super::member::Member;
use crate::config::Offsets;
use crate::log::{Delivery, LogError, LogFuture, Subscription};

/// How long leaving may take: without brokers the session ends by itself.
// Less than a service's time for each background part, so that a stop without brokers
// is still clean.
const LEAVE: Duration = Duration::from_secs(3);

pub(super) struct KafkaSubscription {
    connection: Arc<Connection>,
    group: String,
    topic: String,
    offsets: Offsets,
    /// Creates the topic if it is missing; done before the group is joined.
    preparing: Option<JoinHandle<Result<(), LogError>>>,
    consumer: Option<StreamConsumer<Member>>,
    /// By partition, the offset after the last record that was processed since the last poll.
    processed: BTreeMap<u32, i64>,
}

impl KafkaSubscription {
    pub(super) fn new(
        connection: Arc<Connection>,
        group: &str,
        topic: &str,
        offsets: Offsets,
    ) -> Self {
        let (group, topic) = (group.to_owned(), topic.to_owned());
        Self {
            connection,
            group,
            topic,
            offsets,
            preparing: None,
            consumer: None,
            processed: BTreeMap::new(),
        }
    }

    async fn join(&mut self) -> Result<(), LogError> {
        // A task of its own: a poll may be dropped at its timeout, and the creation of the topic
        // must not start again each time.
        let preparing = self.preparing.get_or_insert_with(|| {
            let (connection, topic) = (Arc::clone(&self.connection), self.topic.clone());
            tokio::spawn(async move { admin::ensure(&connection, &topic).await })
        });
        let prepared = preparing.await.map_err(|_| LogError::Closed).flatten();
        self.preparing = None;
        prepared?;
        let consumer = Member::consumer(&self.connection, &self.group, self.offsets)?;
        consumer.subscribe(&[&self.topic])?;
        self.consumer = Some(consumer);
        Ok(())
    }

    async fn next_batch(&mut self, max: usize) -> Result<Vec<Delivery>, LogError> {
        // What the caller has processed since the last poll may be committed from now on.
        self.store_processed();
        loop {
            let Some(consumer) = &self.consumer else {
                self.join().await?;
                continue;
            };
            match deliveries::next(&self.connection, consumer, max).await {
                Ok(deliveries) => return Ok(deliveries),
                Err(error) => {
                    // A fatal error ends librdkafka's consumer for good; the next poll joins with
                    // a new one.
                    self.consumer = None;
                    return Err(error);
                }
            }
        }
    }

    /// Lets librdkafka commit them, soon, or before it gives their partitions to others.
    fn store_processed(&mut self) {
        let processed = std::mem::take(&mut self.processed);
        let Some(consumer) = self.consumer.as_ref().filter(|_| !processed.is_empty()) else {
            return;
        };
        let mut offsets = TopicPartitionList::new();
        for (partition, offset) in processed {
            // Fits: it came from there.
            let added =
                offsets.add_partition_offset(&self.topic, partition as i32, Offset::Offset(offset));
            debug_assert!(added.is_ok());
        }
        // A partition that another member has by now is committed by that member.
        if let Err(error) = consumer.store_offsets(&offsets) {
            tracing::debug!(%error, "offsets not stored");
        }
    }
}

impl Subscription for KafkaSubscription {
    fn poll(&mut self, max: usize) -> LogFuture<'_, Vec<Delivery>> {
        Box::pin(self.next_batch(max))
    }

    fn processed(&mut self, delivery: &Delivery) {
        let next = self.processed.entry(delivery.partition).or_default();
        // A redelivered record must not move the offset back.
        *next = (*next).max(delivery.offset + 1);
    }

    fn commit(&mut self) -> LogFuture<'_, ()> {
        self.store_processed();
        let committed = match &self.consumer {
            Some(consumer) => {
                consumer.commit_consumer_state(CommitMode::Async).map_err(LogError::from)
            }
            None => Ok(()),
        };
        Box::pin(std::future::ready(committed))
    }

    fn assignment(&self) -> Vec<u32> {
        let assigned = self.consumer.as_ref().and_then(|consumer| consumer.assignment().ok());
        let partitions = assigned.iter().flat_map(TopicPartitionList::elements);
        let mut partitions: Vec<u32> =
            partitions.map(|one| one.partition().unsigned_abs()).collect();
        partitions.sort_unstable();
        partitions
    }

    fn leave(&mut self) -> LogFuture<'_, ()> {
        self.store_processed();
        let consumer = self.consumer.take();
        Box::pin(async move {
            let Some(consumer) = consumer else { return Ok(()) };
            let leaving = on_a_thread(move || {
                let committed = consumer.commit_consumer_state(CommitMode::Sync);
                // Dropped here, which leaves the group.
                drop(consumer);
                match committed {
                    Err(error)
                        // Nothing to commit is no failure of leaving.
                        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::NoOffset) =>
                    {
                        Err(error.into())
                    }
                    _ => Ok(()),
                }
            });
            let slow = || LogError::failed("Kafka does not answer");
            timeout(LEAVE, leaving).await.map_err(|_| slow())?
        })
    }
}

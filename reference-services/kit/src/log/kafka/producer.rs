//! Appending.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord};
use tokio::time::sleep;

use super::admin;
use super::connection::{Connection, Voice};
use crate::log::{LogError, NewRecord};

/// The queue holds far more than callers append at a time.
const QUEUE_FULL: Duration = Duration::from_millis(50);

pub(super) struct Producer {
    connection: Arc<Connection>,
    inner: FutureProducer<Voice>,
    /// Topics that are known to be there.
    topics: Mutex<BTreeSet<String>>,
}

impl Producer {
    pub(super) fn new(connection: &Arc<Connection>) -> Result<Self, LogError> {
        let mut config = connection.config();
        config
            // In order, without gaps and once each, however often the connection breaks.
            .set("enable.idempotence", "true")
            .set("acks", "all")
            // No record is ever given up: a later one of the same key would overtake it.
            .set("message.timeout.ms", "0")
            // The partition that Kafka's own clients choose for a key.
            .set("partitioner", "murmur2_random")
            .set("linger.ms", "2");
        let inner = FutureProducer::from_config_and_context(&config, Voice(Arc::clone(connection)))?;
        Ok(Self { connection: Arc::clone(connection), inner, topics: Mutex::default() })
    }

    /// Ends when the records are on all replicas of their partitions, however long that takes.
    pub(super) async fn append(&self, records: Vec<NewRecord>) -> Result<(), LogError> {
        let topics: BTreeSet<&str> = records.iter().map(|record| record.topic.as_str()).collect();
        for topic in topics {
            self.ensure(topic).await?;
        }
        let mut on_their_way = Vec::with_capacity(records.len());
        for record in &records {
            on_their_way.push(self.send(record).await?);
        }
        for delivery in on_their_way {
            delivery.await.map_err(|_| LogError::Closed)?.map_err(|(error, _)| error)?;
            self.connection.is_there();
        }
        Ok(())
    }

    async fn ensure(&self, topic: &str) -> Result<(), LogError> {
        let known = self.topics.lock().unwrap_or_else(PoisonError::into_inner).contains(topic);
        if !known {
            admin::ensure(&self.connection, topic).await?;
            self.topics.lock().unwrap_or_else(PoisonError::into_inner).insert(topic.to_owned());
        }
        Ok(())
    }

    async fn send(&self, record: &NewRecord) -> Result<DeliveryFuture, LogError> {
        let headers = record.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
            headers.insert(Header { key, value: Some(value) })
        });
        let mut message =
            FutureRecord::to(&record.topic).key(&record.key).payload(&record.value[..]).headers(headers);
        loop {
            match self.inner.send_result(message) {
                Ok(delivery) => return Ok(delivery),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), refused)) => {
                    message = refused;
                    sleep(QUEUE_FULL).await;
                }
                Err((error, _)) => return Err(error.into()),
            }
        }
    }
}

//! The log on Apache Kafka.
//!
//! An unavailable broker is waited for: no call fails because of it. Its loss and its return are
//! logged once each.

mod admin;
mod connection;
mod deliveries;
mod member;
mod producer;
mod rewind;
mod subscription;
mod tail;

use std::sync::Arc;

use super::{EventLog, LogError, LogFuture, NewRecord, Rewind, Start, Subscription, Tail};
use crate::config::Offsets;
use connection::Connection;
use producer::Producer;
use subscription::KafkaSubscription;
use tail::KafkaTail;

/// The log on a Kafka cluster.
pub struct KafkaLog {
    connection: Arc<Connection>,
    producer: Producer,
}

impl KafkaLog {
    /// A log on these brokers, which need not be there yet: hosts and ports, separated by commas.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn open(brokers: &str) -> Result<Self, LogError> {
        let connection = Arc::new(Connection::to(brokers));
        Ok(Self { producer: Producer::new(&connection)?, connection })
    }
}

impl EventLog for KafkaLog {
    fn append(&self, records: Vec<NewRecord>) -> LogFuture<'_, ()> {
        Box::pin(self.producer.append(records))
    }

    fn subscribe(&self, group: &str, topic: &str, offsets: Offsets) -> Box<dyn Subscription> {
        Box::new(KafkaSubscription::new(Arc::clone(&self.connection), group, topic, offsets))
    }

    fn topics(&self) -> LogFuture<'_, Vec<String>> {
        Box::pin(tail::topics(Arc::clone(&self.connection)))
    }

    fn tail(&self, topic: &str, start: Start) -> Box<dyn Tail> {
        Box::new(KafkaTail::new(Arc::clone(&self.connection), topic, start))
    }

    fn rewind(&self, group: &str, topic: &str, to: Rewind) -> LogFuture<'_, ()> {
        let (connection, group, topic) =
            (Arc::clone(&self.connection), group.to_owned(), topic.to_owned());
        Box::pin(connection::on_a_thread(move || rewind::rewind(&connection, &group, &topic, to)))
    }
}

impl From<rdkafka::error::KafkaError> for LogError {
    fn from(error: rdkafka::error::KafkaError) -> Self {
        Self::failed(error)
    }
}

//! Appends records to Kafka.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer as _, PurgeConfig};
use tokio::time::{sleep, timeout};

use super::admin;
use super::connection::{Connection, Voice};
use crate::log::{LogError, NewRecord};

/// The queue holds far more than callers append at a time.
const QUEUE_FULL: Duration = Duration::from_millis(50);

/// How long records may be unconfirmed before a fresh client sends them again. With
/// unavailable brokers that does no harm, and now and then a client does not reconnect to
/// brokers that have returned.
const PATIENCE: Duration = Duration::from_secs(15);

type Client = FutureProducer<Voice>;

pub(super) struct Producer {
    connection: Arc<Connection>,
    client: Mutex<Arc<Client>>,
    /// Topics that are known to exist.
    topics: Mutex<BTreeSet<String>>,
}

impl Producer {
    pub(super) fn new(connection: &Arc<Connection>) -> Result<Self, LogError> {
        let client = Mutex::new(client(connection)?);
        Ok(Self { connection: Arc::clone(connection), client, topics: Mutex::default() })
    }

    /// Completes when the records are on all replicas of their partitions, however long that takes.
    pub(super) async fn append(&self, records: Vec<NewRecord>) -> Result<(), LogError> {
        let topics: BTreeSet<&str> = records.iter().map(|record| record.topic.as_str()).collect();
        for topic in topics {
            self.ensure(topic).await?;
        }
        loop {
            let client = Arc::clone(&self.client.lock().unwrap_or_else(PoisonError::into_inner));
            // A client that has lost its brokers usually finds them again by itself; 15 s is well
            // above the reconnect's pauses of at most 1 s.
            match timeout(PATIENCE, deliver(&client, &records)).await {
                Ok(Ok(())) => break,
                // Another caller has replaced the client: send again by the new one.
                Ok(Err(error)) if is_purged(&error) => {}
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => self.replace(client)?,
            }
        }
        self.connection.is_there();
        Ok(())
    }

    /// Other callers that wait for the old client see its records purged, and send them by the new
    /// one. Records that the old one has delivered all the same arrive twice, never out of order:
    /// each client sends them from the first that is unconfirmed.
    fn replace(&self, old: Arc<Client>) -> Result<(), LogError> {
        let mut current = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        // Several callers may run into the timeout at once; only the first replaces the client.
        if Arc::ptr_eq(&current, &old) {
            *current = client(&self.connection)?;
            old.purge(PurgeConfig::default().queue().inflight());
        }
        // The end of a client waits for its threads.
        thread::spawn(move || drop(old));
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
}

fn client(connection: &Arc<Connection>) -> Result<Arc<Client>, KafkaError> {
    let mut config = connection.config();
    config
        // In order, without gaps and once each, however often the connection breaks.
        .set("enable.idempotence", "true")
        .set("acks", "all")
        // No record is ever given up: a later one of the same key would overtake it.
        .set("message.timeout.ms", "0")
        // The partition that Kafka's own clients choose for a key.
        .set("partitioner", "murmur2_random")
        // A short wait gathers the events of one relay batch into one request.
        .set("linger.ms", "2");
    Client::from_config_and_context(&config, Voice(Arc::clone(connection))).map(Arc::new)
}

async fn deliver(client: &Client, records: &[NewRecord]) -> Result<(), KafkaError> {
    let mut on_their_way = Vec::with_capacity(records.len());
    for record in records {
        // All are queued before the first is awaited: otherwise each record would take
        // a round trip.
        on_their_way.push(send(client, record).await?);
    }
    for delivery in on_their_way {
        delivery.await.map_err(|_| KafkaError::Canceled)?.map_err(|(error, _)| error)?;
    }
    Ok(())
}

async fn send(client: &Client, record: &NewRecord) -> Result<DeliveryFuture, KafkaError> {
    let headers = record.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
        headers.insert(Header { key, value: Some(value) })
    });
    let mut message = FutureRecord::to(&record.topic)
        .key(&record.key)
        .payload(&record.value[..])
        .headers(headers);
    loop {
        match client.send_result(message) {
            Ok(delivery) => return Ok(delivery),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), refused)) => {
                message = refused;
                // The library's queue drains by itself; the record that it refused comes back and
                // is kept in order.
                sleep(QUEUE_FULL).await;
            }
            Err((error, _)) => return Err(error),
        }
    }
}

fn is_purged(error: &KafkaError) -> bool {
    let code = error.rdkafka_error_code();
    matches!(code, Some(RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::PurgeInflight))
        || *error == KafkaError::Canceled
}

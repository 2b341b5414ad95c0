//! What Kafka does beyond the suite.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::FromClientConfig;
use tokio::time::timeout;

use super::{BOUND, receive, record};
use crate::config::Offsets;
use crate::log::{EventLog, KafkaLog, PARTITIONS, Rewind};

/// A topic of its own and its group, which go with it.
pub(crate) struct Topic {
    brokers: String,
    name: String,
}

impl Topic {
    pub(super) fn new() -> Self {
        let brokers = std::env::var("KAFKA_BOOTSTRAP").ok().filter(|brokers| !brokers.is_empty());
        let brokers = brokers.expect("needs Kafka: set KAFKA_BOOTSTRAP");
        Self { brokers, name: format!("test-{}", uuid::Uuid::now_v7()) }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn open(&self) -> Arc<dyn EventLog> {
        Arc::new(KafkaLog::open(&self.brokers).unwrap())
    }
}

impl Drop for Topic {
    fn drop(&mut self) {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.brokers);
        let name = self.name.clone();
        let deleting = std::thread::spawn(move || {
            let admin: AdminClient<DefaultClientContext> =
                AdminClient::from_config(&config).unwrap();
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                drop(
                    admin
                        .delete_topics(&[&name, &format!("{name}.DLT")], &AdminOptions::new())
                        .await,
                );
                drop(admin.delete_groups(&[&name], &AdminOptions::new()).await);
            });
        });
        drop(deleting.join());
    }
}

#[tokio::test]
#[ignore = "needs Kafka: set KAFKA_BOOTSTRAP"]
async fn a_missing_topic_is_made_with_as_many_partitions_as_the_embedded_log_has() {
    let topic = Topic::new();
    let log = topic.open();
    let mut subscription = log.subscribe(topic.name(), topic.name(), Offsets::Committed);
    log.append(vec![record(topic.name(), 1, 1)]).await.unwrap();
    receive(subscription.as_mut(), 1).await;
    assert_eq!(subscription.assignment(), (0..PARTITIONS).collect::<Vec<_>>());
}

#[tokio::test]
#[ignore = "needs Kafka: set KAFKA_BOOTSTRAP"]
async fn a_group_with_members_is_not_rewound() {
    let topic = Topic::new();
    let log = topic.open();
    let mut subscription = log.subscribe(topic.name(), topic.name(), Offsets::Committed);
    log.append(vec![record(topic.name(), 1, 1)]).await.unwrap();
    receive(subscription.as_mut(), 1).await;
    drop(timeout(Duration::from_secs(1), subscription.poll(1)).await);
    let error = log.rewind(topic.name(), topic.name(), Rewind::Beginning).await.unwrap_err();
    assert!(error.to_string().contains("stop its services first"), "{error}");
}

#[tokio::test]
async fn unavailable_brokers_are_waited_for() {
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    drop(holder);
    let log = KafkaLog::open(&address).unwrap();
    let waiting = timeout(Duration::from_secs(1), log.append(vec![record("topic", 1, 1)])).await;
    assert!(waiting.is_err(), "{waiting:?}");
    let mut subscription = log.subscribe("group", "topic", Offsets::Committed);
    assert!(timeout(Duration::from_secs(1), subscription.poll(1)).await.is_err());
    timeout(BOUND, subscription.leave()).await.expect("a stop is not held up").unwrap();
}

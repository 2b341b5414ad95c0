//! The connection state that all clients of one process share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::sync::oneshot;

use crate::log::LogError;

/// The brokers, and whether they can be reached.
pub(super) struct Connection {
    brokers: String,
    down: AtomicBool,
}

impl Connection {
    pub(super) fn to(brokers: &str) -> Self {
        Self { brokers: brokers.to_owned(), down: AtomicBool::new(false) }
    }

    pub(super) fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", "brunt")
            // Soon after an outage, not minutes later.
            .set("reconnect.backoff.ms", "100")
            .set("reconnect.backoff.max.ms", "1000")
            .set("topic.metadata.refresh.interval.ms", "10000")
            // Errors only: librdkafka's own log lines bypass the service's format.
            .set("log_level", "3");
        config
    }

    /// Records a success with the brokers.
    pub(super) fn is_there(&self) {
        if self.down.swap(false, Ordering::Relaxed) {
            tracing::info!(brokers = self.brokers, "Kafka is back");
        }
    }

    pub(super) fn is_away(&self, reason: &str) {
        // Many calls and callbacks report the same outage: only the first is logged.
        if !self.down.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                brokers = self.brokers,
                reason,
                "Kafka cannot be reached: events wait until it is back, and commands are accepted"
            );
        }
    }
}

/// Logs librdkafka's events through [`Connection`], as librdkafka repeats each of them many times.
#[derive(Clone)]
pub(super) struct Voice(pub(super) Arc<Connection>);

impl ClientContext for Voice {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        tracing::debug!(?level, facility, message, "librdkafka");
    }

    fn error(&self, error: KafkaError, reason: &str) {
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::AllBrokersDown) => self.0.is_away(reason),
            // One broker of several may be away without any effect; only when all are is
            // the log unavailable.
            Some(RDKafkaErrorCode::BrokerTransportFailure | RDKafkaErrorCode::Resolve) | None => {
                tracing::debug!(%error, reason, "Kafka");
            }
            Some(_) => tracing::warn!(%error, reason, "Kafka"),
        }
    }
}

impl ConsumerContext for Voice {}

/// Runs on a thread of its own: librdkafka blocks, and a runtime would wait for its own threads at
/// the end of the process.
pub(super) async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LogError> + Send + 'static,
) -> Result<T, LogError> {
    let (reply, answer) = oneshot::channel();
    let started =
        thread::Builder::new().name("kafka".to_owned()).spawn(move || drop(reply.send(work())));
    started.map_err(LogError::failed)?;
    answer.await.map_err(|_| LogError::Closed)?
}

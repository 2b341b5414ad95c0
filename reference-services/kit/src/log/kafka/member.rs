//! The settings and callbacks of a member of a group.

use std::sync::Arc;

use rdkafka::Offset;
use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaRespErr;

use super::connection::{Connection, Voice};
use crate::config::Offsets;
use crate::log::LogError;

pub(super) struct Member {
    voice: Voice,
    offsets: Offsets,
}

impl Member {
    pub(super) fn consumer(
        connection: &Arc<Connection>,
        group: &str,
        offsets: Offsets,
    ) -> Result<StreamConsumer<Self>, LogError> {
        let mut config = connection.config();
        config
            .set("group.id", group)
            // A new group reads everything from the beginning, as on the embedded log.
            .set("auto.offset.reset", "earliest")
            // Only what is processed is committed, and soon after it.
            .set("enable.auto.offset.store", "false")
            .set("auto.commit.interval.ms", "200")
            // A newcomer takes its share without stopping the others.
            .set("partition.assignment.strategy", "cooperative-sticky")
            // The least that brokers allow unless told otherwise: so long a killed replica's
            // partitions stand still.
            .set("session.timeout.ms", "6000")
            .set("heartbeat.interval.ms", "500");
        Ok(config.create_with_context(Self { voice: Voice(Arc::clone(connection)), offsets })?)
    }
}

impl ClientContext for Member {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.voice.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.voice.error(error, reason);
    }
}

impl ConsumerContext for Member {
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Self>,
        happened: RDKafkaRespErr,
        partitions: &mut TopicPartitionList,
    ) {
        tracing::debug!(?happened, ?partitions, "partitions change hands");
        let outcome = if happened == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            self.assign(consumer, partitions)
        } else {
            // Cooperative assignment takes away only the partitions that move.
            consumer.incremental_unassign(partitions)
        };
        if let Err(error) = outcome {
            tracing::error!(%error, "partitions could not change hands");
        }
    }
}

impl Member {
    fn assign(
        &self,
        consumer: &BaseConsumer<Self>,
        partitions: &mut TopicPartitionList,
    ) -> Result<(), KafkaError> {
        if self.offsets == Offsets::Latest {
            // The planted defect: what came while the service was away is skipped.
            partitions.set_all_offsets(Offset::End)?;
        }
        consumer.incremental_assign(partitions)
    }
}

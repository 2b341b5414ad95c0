//! Creates missing topics.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::error::RDKafkaErrorCode;
use tokio::time::sleep;

use super::connection::{Connection, Voice};
use crate::log::{LogError, PARTITIONS};

const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(500);

/// Creates a topic if it is missing; waits for unavailable brokers. The number of replicas is
/// the brokers' default.
pub(super) async fn ensure(connection: &Arc<Connection>, topic: &str) -> Result<(), LogError> {
    let admin =
        AdminClient::from_config_and_context(&connection.config(), Voice(Arc::clone(connection)))?;
    let options =
        AdminOptions::new().request_timeout(Some(PATIENCE)).operation_timeout(Some(PATIENCE));
    // Fits: it is six.
    let wanted = NewTopic::new(topic, PARTITIONS as i32, TopicReplication::Fixed(-1));
    loop {
        match admin.create_topics([&wanted], &options).await {
            Ok(results) => match results.into_iter().next() {
                // Several services create the same topic at the same time.
                None | Some(Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists))) => break,
                Some(Err((_, error))) if may_pass(error) => connection.is_away(&error.to_string()),
                Some(Err((_, error))) => {
                    return Err(LogError::failed(format!(
                        "the topic {topic} cannot be made: {error}"
                    )));
                }
            },
            Err(error) => connection.is_away(&error.to_string()),
        }
        sleep(PAUSE).await;
    }
    connection.is_there();
    Ok(())
}

fn may_pass(error: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode as Code;
    let passing = [
        Code::OperationTimedOut,
        Code::RequestTimedOut,
        Code::BrokerTransportFailure,
        Code::AllBrokersDown,
        Code::NotController,
        Code::LeaderNotAvailable,
        Code::BrokerNotAvailable,
        // While a cluster starts, it has fewer brokers than the default number of replicas
        // for a moment.
        Code::InvalidReplicationFactor,
    ];
    passing.contains(&error)
}

//! Waits for records.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use rdkafka::consumer::{ConsumerContext, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use tokio::time::{sleep, timeout};

use super::connection::Connection;
use crate::log::{Delivery, LogError};

/// How often to return from waiting: librdkafka's callbacks run only then.
const LOOK: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(200);

/// Waits for records, also while brokers are unavailable; an error ends the consumer.
pub(super) async fn next<C: ConsumerContext + 'static>(
    connection: &Connection,
    consumer: &StreamConsumer<C>,
    max: usize,
) -> Result<Vec<Delivery>, LogError> {
    loop {
        match timeout(LOOK, consumer.recv()).await {
            Err(_) => {}
            Ok(Ok(first)) => {
                connection.is_there();
                let mut deliveries = vec![delivery(&first)];
                deliveries
                    .extend(std::iter::from_fn(|| at_hand(consumer)).take(max.saturating_sub(1)));
                return Ok(deliveries);
            }
            Ok(Err(KafkaError::MessageConsumptionFatal(error))) => {
                return Err(LogError::failed(error));
            }
            Ok(Err(error)) => {
                if error.rdkafka_error_code() == Some(RDKafkaErrorCode::AllBrokersDown) {
                    connection.is_away(&error.to_string());
                }
                tracing::debug!(%error, "Kafka");
                // librdkafka repeats errors without a pause while brokers are away.
                sleep(PAUSE).await;
            }
        }
    }
}

/// The next record, if it is here already.
fn at_hand<C: ConsumerContext + 'static>(consumer: &StreamConsumer<C>) -> Option<Delivery> {
    // A poll without a waker: takes what is in the library's queue, and never waits for more.
    match pin!(consumer.recv()).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(message)) => Some(delivery(&message)),
        Poll::Ready(Err(_)) | Poll::Pending => None,
    }
}

fn delivery(message: &BorrowedMessage<'_>) -> Delivery {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = message.headers().into_iter().flat_map(Headers::iter);
    Delivery {
        partition: message.partition().unsigned_abs(),
        offset: message.offset(),
        key: message.key().map(text).unwrap_or_default(),
        value: Bytes::copy_from_slice(message.payload().unwrap_or_default()),
        headers: headers
            .map(|header| (header.key.to_owned(), header.value.map(text).unwrap_or_default()))
            .collect(),
    }
}

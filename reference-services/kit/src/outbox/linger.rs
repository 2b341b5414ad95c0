//! Sends events from memory after the commit, as a producer with a linger does. This is what the
//! outbox protects from.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;

use super::record;
use crate::event::Envelope;
use crate::lifecycle::Stop;
use crate::log::EventLog;
use crate::metrics::{Counter, Metrics};

/// How long the first event of a batch waits for others.
// Long enough for a kill to fall into it in a test: it is this time in which events are lost
// without the outbox.
const LINGER: Duration = Duration::from_millis(20);
const RETRY: Duration = Duration::from_millis(200);

/// Sends events from memory.
pub struct Linger {
    /// The events that were committed and are still to be sent.
    pub events: UnboundedReceiver<Envelope>,
    /// The log that the events are appended to.
    pub log: Arc<dyn EventLog>,
    /// The topic that the events are appended to.
    pub topic: &'static str,
    /// Counts the events that reached the log.
    pub metrics: Metrics,
}

impl Linger {
    /// Runs until stopped, and then until the buffer is empty.
    pub async fn run(mut self, stop: Stop) {
        loop {
            let first = tokio::select! {
                biased;
                event = self.events.recv() => event,
                () = stop.requested() => None,
            };
            // All senders are gone: the service is stopping, and this part stops last.
            let Some(first) = first else { return stop.requested().await };
            sleep(LINGER).await;
            let mut batch = vec![first];
            // All that has gathered goes in one append, as a producer's batch does.
            while let Ok(event) = self.events.try_recv() {
                batch.push(event);
            }
            self.send(&batch, &stop).await;
        }
    }

    async fn send(&self, batch: &[Envelope], stop: &Stop) {
        let records = match batch
            .iter()
            .map(|event| record(self.topic, event))
            .collect::<Result<Vec<_>, _>>()
        {
            Ok(records) => records,
            Err(error) => return tracing::error!(%error, "events lost: they do not serialize"),
        };
        while let Err(error) = self.log.append(records.clone()).await {
            tracing::warn!(%error, "events could not be sent; trying again");
            if stop.is_requested() {
                return;
            }
            sleep(RETRY).await;
        }
        for event in batch {
            self.metrics.add(Counter::EventsPublished, &[("eventType", &event.event_type)]);
        }
    }
}

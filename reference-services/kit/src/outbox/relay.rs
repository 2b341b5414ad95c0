//! Sends the outbox's rows to the log, in order, and removes them.
//!
//! A kill between sending and removing sends a row twice; the receivers' inboxes know it by its
//! event id.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::turn::{Claim, Turn};
use super::{Wake, record};
use crate::lifecycle::Stop;
use crate::log::{EventLog, LogError};
use crate::metrics::{Counter, Metrics};
use crate::store::{OutboxRow, RENEW, Store, StoreError, View};

const BATCH: u64 = 256;
/// How often to look for rows of another replica, which wakes only itself.
// A replica is not woken by another's transactions. 50 ms is a delay that nobody sees in the
// systems' checks, and an empty look is one read.
const LOOK_ANYWAY: Duration = Duration::from_millis(50);
const RETRY: Duration = Duration::from_millis(200);
/// How long the log may take for a batch once the service stops; the rows are in the store and will
/// be sent later.
const LAST: Duration = Duration::from_secs(2);

/// Sends the outbox's rows to the log.
pub struct Relay {
    /// The store whose outbox is sent.
    pub store: Store,
    /// The log that the events are appended to.
    pub log: Arc<dyn EventLog>,
    /// The topic that the events are appended to.
    pub topic: &'static str,
    /// Signaled when a transaction has added rows.
    pub wake: Wake,
    /// How the replicas of the service agree on which of them relays.
    pub turn: Turn,
    /// Counts the events that reached the log.
    pub metrics: Metrics,
}

#[derive(Debug, thiserror::Error)]
enum RelayError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
}

impl Relay {
    /// Runs until stopped, and then until the outbox is empty.
    pub async fn run(self, stop: Stop) {
        let mut claim = self.turn.claim();
        // An outage is logged when it begins; otherwise it would fill the log five times a second.
        let mut troubled = false;
        loop {
            let stopping = stop.is_requested();
            let outcome = self.send_batch(&mut claim, &stop).await;
            let failed = outcome.is_err();
            match outcome {
                // After a stop is requested, rows are sent until none is left, or the log fails:
                // they stay in the store then.
                Ok(0) | Err(_) if stopping => break,
                Ok(0) => self.wait(&stop).await,
                Ok(_) => {}
                Err(error) => {
                    if !troubled {
                        tracing::warn!(%error, "the outbox could not be sent; trying until it can");
                    }
                    sleep(RETRY).await;
                }
            }
            troubled = failed;
        }
        claim.release(&self.store).await;
    }

    async fn wait(&self, stop: &Stop) {
        tokio::select! {
            () = self.wake.woken() => {}
            () = sleep(LOOK_ANYWAY) => {}
            () = stop.requested() => {}
        }
    }

    /// Sends the first rows and gives their number; 0 also while another replica relays.
    async fn send_batch(&self, claim: &mut Claim, stop: &Stop) -> Result<usize, RelayError> {
        // Two relays would interleave their batches, and an aggregate's events could arrive in
        // the wrong order.
        if !claim.hold(&self.store).await? {
            return Ok(0);
        }
        let rows = self.store.read(|view: &View<'_>| view.outbox(BATCH)).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        // Sent first, removed afterwards: a kill in between sends twice, which the inbox notices.
        // The other order would lose events.
        self.append(&rows, claim, stop).await?;
        let sent = rows.len();
        self.count(&rows);
        self.store
            .write(move |tx| {
                tx.sent(rows);
                Ok::<_, StoreError>(())
            })
            .await?;
        Ok(sent)
    }

    /// Waits for an unavailable log however long it takes, and keeps the turn meanwhile.
    async fn append(
        &self,
        rows: &[OutboxRow],
        claim: &mut Claim,
        stop: &Stop,
    ) -> Result<(), RelayError> {
        let records =
            rows.iter().map(|row| record(self.topic, &row.event)).collect::<Result<_, _>>()?;
        let mut appending = self.log.append(records);
        let mut cut = std::pin::pin!(async {
            stop.requested().await;
            sleep(LAST).await;
        });
        loop {
            tokio::select! {
                // The append's own end counts first: a batch that is already durable must not be
                // reported as too slow.
                biased;
                outcome = &mut appending => return Ok(outcome?),
                () = &mut cut => return Err(LogError::failed("it takes too long").into()),
                // The turn must outlast the log's outage; otherwise another replica would send the
                // same rows meanwhile.
                () = sleep(RENEW) => drop(claim.hold(&self.store).await?),
            }
        }
    }

    fn count(&self, rows: &[OutboxRow]) {
        for row in rows {
            self.metrics.add(Counter::EventsPublished, &[("eventType", &row.event.event_type)]);
        }
    }
}

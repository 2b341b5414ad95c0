//! From the log to the store: decodes an event, calls the policy, and changes inbox, state and
//! outbox in one transaction.

mod dead_letter;
mod drops;
mod outcome;
mod spans;

pub use dead_letter::REASON;
pub use drops::Drops;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use crate::config::{Acknowledge, Guard, Offsets};
use crate::event::Envelope;
use crate::lifecycle::Stop;
use crate::log::{Delivery, EventLog, LogError, Subscription};
use crate::metrics::{Counter, Metrics};
use crate::source::{Source, source};
use crate::store::{Store, StoreError, Tx};
use outcome::Outcome;

/// The result of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// The event concerns this service, whether or not it changed anything.
    Applied,
    /// The event does not concern this service.
    Ignored,
}

/// Why a policy could not handle an event.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The event cannot be used; a retry is unlikely to help.
    #[error("the event cannot be applied: {0}")]
    Unusable(#[source] Source),
    /// The store failed; the event may be fine.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PolicyError {
    /// An event that cannot be used, for this reason: an error, or a text.
    pub fn unusable(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unusable(source(reason))
    }
}

impl From<serde_json::Error> for PolicyError {
    fn from(error: serde_json::Error) -> Self {
        Self::unusable(error)
    }
}

/// Turns other services' events into commands of this one, within a transaction. It must
/// not call out.
pub type Policy = Arc<dyn Fn(&mut Tx<'_>, &Envelope) -> Result<Handled, PolicyError> + Send + Sync>;

// One transaction carries a batch, so that its events share the cost of the commit.
const BATCH: usize = 256;
/// The pauses before the retries of a failing event; after the last it is dead.
// Short: while one event is retried, the later ones of its partitions wait.
const RETRIES: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(100), Duration::from_millis(200)];
/// The pause when store or log fail: no event is given up for that.
const OUTAGE: Duration = Duration::from_millis(500);

/// Receives a topic's events for one service.
pub struct Consumer {
    /// The consumer group: the service's name.
    pub group: &'static str,
    /// The topic whose events it receives.
    pub topic: &'static str,
    /// The log that has the topic.
    pub log: Arc<dyn EventLog>,
    /// The service's own store.
    pub store: Store,
    /// Off applies a redelivered event again.
    pub inbox: Guard,
    /// From where a new member of the group reads.
    pub offsets: Offsets,
    /// When an event is acknowledged.
    pub acknowledge: Acknowledge,
    /// The events that are dropped, for a proof.
    pub drops: Drops,
    /// Becomes true once the first events have been handled: what a predecessor had received, but
    /// not committed, comes first.
    pub has_received: watch::Sender<bool>,
    /// Turns events into commands.
    pub policy: Policy,
    /// Counts what is received.
    pub metrics: Metrics,
}

impl Consumer {
    /// Runs until stopped; then finishes the current events, commits their offsets and
    /// leaves the group.
    pub async fn run(self, stop: Stop) {
        let mut subscription = self.log.subscribe(self.group, self.topic, self.offsets);
        loop {
            let polled = tokio::select! {
                biased;
                () = stop.requested() => break,
                polled = subscription.poll(BATCH) => polled,
            };
            match polled {
                Ok(deliveries) => {
                    // The planted defect: the offsets are committed before the events have had any
                    // effect, so a kill in between loses them.
                    if self.acknowledge == Acknowledge::Before {
                        acknowledge(&deliveries, subscription.as_mut()).await;
                    }
                    self.handle(&deliveries, subscription.as_mut(), &stop).await;
                    self.has_received.send_replace(true);
                }
                Err(error) => {
                    tracing::warn!(%error, "the event log cannot be read; trying again");
                    // Without a pause a log that fails at once would make this loop spin.
                    sleep(OUTAGE).await;
                }
            }
        }
        if let Err(error) = subscription.leave().await {
            tracing::warn!(
                %error,
                "offsets were not committed: the last events will be delivered again"
            );
        }
    }

    /// Applies a batch in one transaction; if that fails, each event in its own, so that one bad
    /// event harms no other.
    async fn handle(
        &self,
        deliveries: &[Delivery],
        subscription: &mut dyn Subscription,
        stop: &Stop,
    ) {
        let decoded: Result<Vec<Envelope>, _> =
            deliveries.iter().map(|delivery| serde_json::from_slice(&delivery.value)).collect();
        if let Ok(events) = decoded
            // The usual case: all events decode, and one commit carries them all.
            && self.apply(events).await.is_ok()
        {
            deliveries.iter().for_each(|delivery| subscription.processed(delivery));
            return;
        }
        for delivery in deliveries {
            // What comes after stays unprocessed: a commit covers all earlier records of its
            // partition, so that to go on would skip this one.
            if !self.handle_one(delivery, stop).await {
                return;
            }
            subscription.processed(delivery);
        }
    }

    /// Applies one event, with retries; false if it was stopped before the event was done.
    async fn handle_one(&self, delivery: &Delivery, stop: &Stop) -> bool {
        let mut retries = RETRIES.iter();
        loop {
            let error = match self.decode_and_apply(delivery).await {
                Ok(()) => return true,
                Err(PolicyError::Store(error)) => {
                    // The store logs its own outages, once; each waiting event would repeat it.
                    if !error.is_outage() {
                        tracing::warn!(%error, "an event waits for the store");
                    }
                    // The offset is not committed, so the event is delivered again
                    // after the restart.
                    if stop.is_requested() {
                        return false;
                    }
                    sleep(OUTAGE).await;
                    continue;
                }
                Err(error) => error,
            };
            match retries.next() {
                Some(pause) => sleep(*pause).await,
                None => return self.bury(delivery, &error.to_string(), stop).await,
            }
        }
    }

    async fn decode_and_apply(&self, delivery: &Delivery) -> Result<(), PolicyError> {
        let event: Envelope = serde_json::from_slice(&delivery.value)?;
        self.apply(vec![event]).await
    }

    async fn apply(&self, mut events: Vec<Envelope>) -> Result<(), PolicyError> {
        // Before the spans and counts: a dropped event leaves no trace, as with a handler that
        // swallows its error.
        events.retain(|_| !self.drops.next());
        // The spans begin before the transaction, so that its events carry them as their parents.
        let spans = spans::begin(self.metrics.tracer(), self.topic, &mut events);
        let (policy, inbox) = (Arc::clone(&self.policy), self.inbox);
        let applied = self
            .store
            .write(move |tx| {
                let outcome = |event: Envelope| {
                    let outcome = receive(tx, &event, inbox, policy.as_ref())?;
                    Ok((event.event_type, outcome))
                };
                events.into_iter().map(outcome).collect::<Result<Vec<_>, PolicyError>>()
            })
            .await;
        let outcomes = match applied {
            Ok(outcomes) => outcomes,
            Err(error) => {
                spans::fail(spans);
                return Err(error);
            }
        };
        for (event_type, outcome) in &outcomes {
            let labels = [("eventType", event_type.as_str()), ("outcome", outcome.label())];
            self.metrics.add(Counter::EventsReceived, &labels);
        }
        spans::end(spans, &outcomes);
        Ok(())
    }

    async fn bury(&self, delivery: &Delivery, reason: &str, stop: &Stop) -> bool {
        tracing::error!(
            key = delivery.key,
            offset = delivery.offset,
            reason,
            "an event goes to the dead letters"
        );
        // The event is only given up once its dead letter is durable; otherwise it would be lost
        // without a trace.
        while let Err(error) = self.send_dead_letter(delivery, reason).await {
            tracing::warn!(%error, "the dead letter cannot be written; trying again");
            if stop.is_requested() {
                return false;
            }
            sleep(OUTAGE).await;
        }
        // What cannot be decoded has no type, and a broken event must not invent labels.
        self.metrics.add(Counter::EventsReceived, &[("eventType", "?"), ("outcome", "dead")]);
        true
    }

    async fn send_dead_letter(&self, delivery: &Delivery, reason: &str) -> Result<(), LogError> {
        self.log.append(vec![dead_letter::record(self.topic, self.group, delivery, reason)]).await
    }
}

async fn acknowledge(deliveries: &[Delivery], subscription: &mut dyn Subscription) {
    deliveries.iter().for_each(|delivery| subscription.processed(delivery));
    if let Err(error) = subscription.commit().await {
        tracing::warn!(%error, "offsets were not committed");
    }
}

fn receive(
    tx: &mut Tx<'_>,
    event: &Envelope,
    inbox: Guard,
    policy: &(dyn Fn(&mut Tx<'_>, &Envelope) -> Result<Handled, PolicyError> + Send + Sync),
) -> Result<Outcome, PolicyError> {
    // In the transaction of the effect itself: a check outside of it would let two deliveries of
    // one event pass at the same time.
    if inbox == Guard::On && tx.was_received(&event.event_id)? {
        return Ok(Outcome::Duplicate);
    }
    // An ignored event has no effect to protect, and a row for each of them would make up most
    // of the inbox.
    if policy(tx, event)? == Handled::Ignored {
        return Ok(Outcome::Ignored);
    }
    if inbox == Guard::On {
        tx.received(&event.event_id);
    }
    Ok(Outcome::Applied)
}

#[cfg(test)]
mod tests;

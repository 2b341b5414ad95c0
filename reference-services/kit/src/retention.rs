//! Forgets what protects from repetitions, once it is old.
//!
//! An event is applied once however often it arrives, and a command with an idempotency key has one
//! effect, as long as their ids are kept. Ids are forgotten when they are older than the retention;
//! those of events not before a new process has begun to receive, as what its predecessor had
//! received, but not committed, comes again first, however long ago that was.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::lifecycle::Stop;
use crate::store::{Store, StoreError};

/// How often it looks at most, and at least: a retention of nothing must not keep a store busy.
const LOOK_EVERY: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(100)..=Duration::from_secs(30);
/// How many rows one transaction removes: a bound for how long the others wait for it.
const MOST: usize = 1_000;

/// What is old, and where.
pub(crate) struct Retention {
    pub(crate) store: Store,
    /// How long everything is kept at least.
    pub(crate) period: Duration,
    /// Whether this process has received events. Without events, their ids do not get more either.
    pub(crate) has_received: watch::Receiver<bool>,
}

impl Retention {
    /// Looks now and then, until stopped.
    pub(crate) async fn run(self, stop: Stop) {
        let pause = self.period.clamp(*LOOK_EVERY.start(), *LOOK_EVERY.end());
        // As of the look before: from the first event to the look at it, the others have come that
        // were not committed.
        let mut receives = false;
        loop {
            tokio::select! {
                () = stop.requested() => return,
                () = sleep(pause) => {}
            }
            if let Err(error) = self.sweep(receives, &stop).await {
                tracing::debug!(%error, "not everything was forgotten; it is tried again");
            }
            receives = *self.has_received.borrow();
        }
    }

    /// Removes old answers, and the ids of old events if `events`.
    async fn sweep(&self, events: bool, stop: &Stop) -> Result<(), StoreError> {
        let period = i64::try_from(self.period.as_millis()).unwrap_or(i64::MAX);
        let before = Timestamp::now().as_millisecond().saturating_sub(period);
        while !stop.is_requested() {
            let forgotten = self.store.write(move |tx| tx.forget(before, MOST, events)).await?;
            if forgotten < MOST {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use tokio::time::timeout;

    use super::*;
    use crate::config::Guard;
    use crate::outbox::Outbox;
    use crate::store::Kind;

    const BOUND: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn received_events_are_known_until_a_new_process_has_received_something() {
        let directory = TempDir::new().unwrap();
        let (outbox, _) = Outbox::new(Guard::On);
        let path = directory.path().join("own.db");
        let store = Store::open(&path, Kind::Sqlite, outbox).unwrap();
        let old = store.write(|tx| {
            tx.received("event");
            tx.remember("key", &true)
        });
        old.await.unwrap();
        let (receives, has_received) = watch::channel(false);
        let (stop, stopped) = Stop::manual();
        let retention = Retention { store: store.clone(), period: Duration::ZERO, has_received };
        let running = tokio::spawn(retention.run(stopped));
        let is_known = async || {
            let known = store.write(|tx| {
                let answer: Option<bool> = tx.answer("key")?;
                Ok::<_, StoreError>((tx.was_received("event")?, answer.is_some()))
            });
            known.await.unwrap()
        };
        let answers = async { while is_known().await.1 {} };
        timeout(BOUND, answers).await.expect("the answer is forgotten");
        assert_eq!(is_known().await, (true, false), "the event may come again");
        receives.send_replace(true);
        let events = async { while is_known().await.0 {} };
        timeout(BOUND, events).await.expect("the event is forgotten");
        stop.send_replace(true);
        timeout(BOUND, running).await.expect("it stops").unwrap();
    }
}

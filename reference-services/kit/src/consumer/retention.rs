//! Forgets what protects from repetitions, once it is old.
//!
//! An event is applied once however often it arrives, and a command with an idempotency key has one
//! effect, as long as their ids are kept. Ids are forgotten when they are older than the retention,
//! but not when a process has just begun to read: what its predecessor had received, but not
//! committed, comes again first, however long ago that was.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::store::{Store, StoreError};

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How many rows one transaction removes: a bound for how long the others wait for it.
const MOST: usize = 1_000;

/// When to look again, and what is old.
pub(super) struct Retention {
    period: Duration,
    /// None until something was received.
    next: Option<Instant>,
}

impl Retention {
    pub(super) fn new(period: Duration) -> Self {
        Self { period, next: None }
    }

    /// Removes what is old, if it is time to look. To be called after each batch.
    pub(super) async fn sweep(&mut self, store: &Store) {
        let now = Instant::now();
        let pause = LOOK_EVERY.min(self.period);
        if *self.next.get_or_insert(now + pause) > now {
            return;
        }
        self.next = Some(now + pause);
        let period = i64::try_from(self.period.as_millis()).unwrap_or(i64::MAX);
        let before = Timestamp::now().as_millisecond().saturating_sub(period);
        loop {
            match store.write(move |tx| tx.forget(before, MOST)).await {
                Ok(MOST) => {}
                Ok(_) => return,
                Err(error) => return is_left(&error),
            }
        }
    }
}

fn is_left(error: &StoreError) {
    tracing::debug!(%error, "nothing was forgotten; it is tried again");
}

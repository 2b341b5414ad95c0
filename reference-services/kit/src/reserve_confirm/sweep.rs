//! Cancels the attempts that a killed process or a lost connection has left.

use std::time::Duration;

use tokio::time::sleep;

use super::attempt::due_in;
use super::{Attempt, Coordinator, ReservedCommand, transactions};
use crate::config::Guard;
use crate::lifecycle::Stop;
use crate::store::{StoreError, View};

/// The pause while the store cannot be read.
const OUTAGE: Duration = Duration::from_secs(1);

impl<C: ReservedCommand> Coordinator<C> {
    /// Cancels attempts that are due, until stopped. It sleeps while there are none.
    pub async fn sweep(self, stop: Stop) {
        while !stop.is_requested() {
            let wait = self.sweep_due().await.unwrap_or_else(|error| {
                tracing::error!(%error, "attempts cannot be swept; trying again");
                Some(OUTAGE)
            });
            tokio::select! {
                biased;
                () = stop.requested() => {}
                () = self.next(wait) => {}
            }
        }
    }

    /// Waits until the next attempt is due, or until there is one.
    async fn next(&self, wait: Option<Duration>) {
        match wait {
            // An attempt that is reserved meanwhile is due later than this one, so that a known
            // time is enough to wait for.
            Some(wait) => sleep(wait).await,
            None => self.reserved.notified().await,
        }
    }

    /// Cancels what is due; gives the time until the next attempt is, if there is one.
    async fn sweep_due(&self) -> Result<Option<Duration>, StoreError> {
        let attempts = self.store.read(|view: &View<'_>| view.all::<Attempt<C::Request>>()).await?;
        let now = due_in(Duration::ZERO);
        let next = attempts.iter().map(|attempt| attempt.due).filter(|due| *due > now).min();
        for id in attempts.iter().filter(|attempt| attempt.due <= now).map(|attempt| attempt.id) {
            tracing::warn!(id, callee = C::CALLEE, "an attempt is due and no request waits for it");
            let compensation = self.guards.compensation;
            // Both do nothing if the answer has come since the attempts were read.
            let swept = self.store.write(move |tx| match compensation {
                Guard::On => transactions::cancel::<C>(tx, id),
                Guard::Off => transactions::release::<C>(tx, id),
            });
            swept.await?;
        }
        Ok(next.map(|due| Duration::from_millis(due.saturating_sub(now).unsigned_abs())))
    }
}

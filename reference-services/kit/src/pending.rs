//! Commands that have begun and wait for another service's answer. Whoever gets the answer takes
//! the row out of the store, in the transaction that acts on it; what is left when its time is
//! over, after a kill or a lost connection, is swept.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use crate::lifecycle::Stop;
use crate::store::{Document, Store, StoreError, Tx, View};

/// A row that stands for a command whose outcome is open.
pub trait Pending: Document + Send + 'static {
    /// When nobody waits for the answer any more, in milliseconds since 1970: it
    /// outlives the process.
    fn due(&self) -> i64;
}

/// Says what becomes of a row whose time is over; it takes the row out.
pub type Abandon<P> = Arc<dyn Fn(&mut Tx<'_>, P) -> Result<(), StoreError> + Send + Sync>;

/// Tells the sweeper that there is something to watch.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Notify>);

/// Sweeps what is left of one kind of rows. It sleeps while there are none.
pub struct Sweeper<P> {
    /// Where they are.
    pub store: Store,
    /// Who tells of them.
    pub watch: Watch,
    /// What becomes of them.
    pub abandon: Abandon<P>,
}

const OUTAGE: Duration = Duration::from_secs(1);

/// Milliseconds since 1970, as [`Pending::due`] has them, so long from now.
#[must_use]
pub fn due_in(time: Duration) -> i64 {
    let wait = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    jiff::Timestamp::now().as_millisecond().saturating_add(wait)
}

impl Watch {
    /// To be called once such a row is committed.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

impl<P: Pending> Sweeper<P> {
    /// Runs until stopped.
    pub async fn run(self, stop: Stop) {
        while !stop.is_requested() {
            let wait = self.round().await.unwrap_or_else(|error| {
                tracing::error!(%error, "what is pending cannot be swept; trying again");
                Some(OUTAGE)
            });
            tokio::select! {
                biased;
                () = stop.requested() => {}
                () = self.next(wait) => {}
            }
        }
    }

    /// Whatever is added later is due later, so a known time is enough to wait for.
    async fn next(&self, wait: Option<Duration>) {
        match wait {
            Some(wait) => sleep(wait).await,
            None => self.watch.0.notified().await,
        }
    }

    /// Sweeps what is due; says how long it is until the next is.
    async fn round(&self) -> Result<Option<Duration>, StoreError> {
        let rows = self.store.read(|view: &View<'_>| view.all::<P>()).await?;
        let now = due_in(Duration::ZERO);
        let next = rows.iter().map(P::due).filter(|due| *due > now).min();
        for row in rows.into_iter().filter(|row| row.due() <= now) {
            let (id, abandon) = (row.id(), Arc::clone(&self.abandon));
            tracing::warn!(id, "nobody waits for the answer any more");
            self.store.write(move |tx| sweep(tx, id, &abandon)).await?;
        }
        Ok(next.map(|due| Duration::from_millis(due.saturating_sub(now).unsigned_abs())))
    }
}

/// The answer may have come in the meantime.
fn sweep<P: Pending>(tx: &mut Tx<'_>, id: i64, abandon: &Abandon<P>) -> Result<(), StoreError> {
    tx.get::<P>(id)?.map_or(Ok(()), |row| abandon(tx, row))
}

#[cfg(test)]
mod tests;

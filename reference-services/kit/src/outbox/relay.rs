//! Sends the outbox's rows to the log, in order, and removes them.
//!
//! A kill between sending and removing sends a row twice; the receivers' inboxes know it by its event id.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{Wake, record};
use crate::lifecycle::Stop;
use crate::log::EventLog;
use crate::metrics::{Counter, Metrics};
use crate::store::{OutboxRow, Store, StoreError, View};

const BATCH: u64 = 256;
/// For rows that another replica of the service has written: it wakes only itself.
const LOOK_ANYWAY: Duration = Duration::from_millis(50);
const RETRY: Duration = Duration::from_millis(200);

/// Sends the outbox's rows to the log.
pub struct Relay {
    /// The store whose outbox it is.
    pub store: Store,
    /// Where the rows go.
    pub log: Arc<dyn EventLog>,
    /// The topic they go to.
    pub topic: &'static str,
    /// Rings when a transaction has added rows.
    pub wake: Wake,
    /// The store's file. A lock beside it lets one replica at a time relay, so that order is kept; it ends with its
    /// process, however that ends.
    pub path: PathBuf,
    /// Counts what is sent.
    pub metrics: Metrics,
}

impl Relay {
    /// Runs until stopped, and then until the outbox is empty.
    pub async fn run(self, stop: Stop) {
        let Some(_lock) = self.lock(&stop).await else {
            return;
        };
        loop {
            let stopping = stop.is_requested();
            match self.send_batch().await {
                Ok(0) if stopping => return,
                Ok(0) => self.wait(&stop).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the outbox could not be sent; trying again");
                    if stopping {
                        return;
                    }
                    sleep(RETRY).await;
                }
            }
        }
    }

    async fn lock(&self, stop: &Stop) -> Option<File> {
        let path = self.path.with_extension("relay");
        loop {
            match try_lock(&path) {
                Ok(Some(lock)) => return Some(lock),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "the relay's lock cannot be had");
                }
            }
            if timeout(LOOK_ANYWAY, stop.requested()).await.is_ok() {
                return None;
            }
        }
    }

    async fn wait(&self, stop: &Stop) {
        tokio::select! {
            () = self.wake.woken() => {}
            () = sleep(LOOK_ANYWAY) => {}
            () = stop.requested() => {}
        }
    }

    async fn send_batch(&self) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
        let rows = self.store.read(|view: &View<'_>| view.outbox(BATCH)).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let records = rows.iter().map(|row| record(self.topic, &row.event)).collect::<Result<_, _>>()?;
        self.log.append(records).await?;
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

    fn count(&self, rows: &[OutboxRow]) {
        for row in rows {
            self.metrics.add(Counter::EventsPublished, &[("eventType", &row.event.event_type)]);
        }
    }
}

fn try_lock(path: &Path) -> std::io::Result<Option<File>> {
    let file = File::create(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

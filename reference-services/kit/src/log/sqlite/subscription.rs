//! One member of a consumer group.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::connection::Connection;
use super::group;
use super::lease::{Lease, Membership};
use super::records;
use super::sign::Sign;
use crate::log::bell::Bell;
use crate::log::{Delivery, LogError, LogFuture, Subscription};

// Twice a second is five beats in a session; each is one small transaction.
const HEARTBEAT: Duration = Duration::from_millis(500);
// A commit for each event would be a write for each event. With 200 ms a kill redelivers the last
// events, which is what the inbox is there for.
const COMMIT_EVERY: Duration = Duration::from_millis(200);
/// The longest wait, in case a wake-up is lost: the appending process may die between its commit
/// and the wake-up.
const LOOK_ANYWAY: Duration = Duration::from_millis(250);

pub(super) struct SqliteSubscription {
    connection: Connection,
    bell: Arc<Bell>,
    rings: watch::Receiver<u64>,
    me: Membership,
    sign: Option<Sign>,
    leases: BTreeMap<u32, Lease>,
    epoch: i64,
    next_beat: Instant,
    next_commit: Instant,
}

impl SqliteSubscription {
    pub(super) fn new(connection: Connection, bell: Arc<Bell>, me: Membership) -> Self {
        let sign = Sign::give(&me.signs, &me.member).inspect_err(|error| {
            let late = "no sign of life: should this process die, others notice late";
            tracing::warn!(%error, "{late}");
        });
        Self {
            connection,
            rings: bell.listen(),
            bell,
            me,
            sign: sign.ok(),
            leases: BTreeMap::new(),
            epoch: 0,
            next_beat: Instant::now(),
            next_commit: Instant::now(),
        }
    }

    async fn next_batch(&mut self, max: usize) -> Result<Vec<Delivery>, LogError> {
        loop {
            // Before the look at the log: what is appended in between then wakes the wait below,
            // and is not missed.
            self.rings.mark_unchanged();
            if Instant::now() >= self.next_beat {
                self.beat().await?;
            }
            if self.is_dirty() && Instant::now() >= self.next_commit {
                self.commit_processed().await?;
            }
            let deliveries = self.fetch(max).await?;
            if !deliveries.is_empty() {
                return Ok(deliveries);
            }
            self.wait().await;
        }
    }

    async fn beat(&mut self) -> Result<(), LogError> {
        let (me, held) = (self.me.clone(), self.leases.clone());
        let beat = self.connection.call(move |db| group::beat(db, &me, &held)).await?;
        if beat.changed {
            self.bell.ring();
            let partitions = beat.leases.keys();
            tracing::debug!(group = self.me.group, ?partitions, "partitions assigned");
        }
        self.leases = beat.leases;
        self.epoch = beat.epoch;
        self.next_beat = Instant::now() + HEARTBEAT;
        Ok(())
    }

    async fn commit_processed(&mut self) -> Result<(), LogError> {
        let (me, leases) = (self.me.clone(), self.leases.clone());
        let current = self.connection.call(move |db| group::commit(db, &me, &leases)).await?;
        if !current {
            tracing::warn!(
                group = self.me.group,
                "offsets refused: another member owns a partition now"
            );
            // Another member owns a partition: the next beat finds out which ones are left.
            self.next_beat = Instant::now();
        }
        self.leases.values_mut().for_each(|lease| lease.committed = lease.processed);
        self.next_commit = Instant::now() + COMMIT_EVERY;
        Ok(())
    }

    async fn fetch(&mut self, max: usize) -> Result<Vec<Delivery>, LogError> {
        let (me, leases) = (self.me.clone(), self.leases.clone());
        let found = self.connection.call(move |db| records::fetch(db, &me, &leases, max)).await?;
        // Someone joined, left or rewound the group: shares have changed, so beat at once.
        if found.fenced || found.epoch != self.epoch {
            self.next_beat = Instant::now();
        }
        for delivery in &found.deliveries {
            if let Some(lease) = self.leases.get_mut(&delivery.partition) {
                lease.position = delivery.offset + 1;
            }
        }
        Ok(found.deliveries)
    }

    /// Waits until a record is appended, or a heartbeat is due.
    async fn wait(&mut self) {
        let mut until = self.next_beat.min(Instant::now() + LOOK_ANYWAY);
        if self.is_dirty() {
            until = until.min(self.next_commit);
        }
        drop(timeout_at(until, self.rings.changed()).await);
    }

    fn is_dirty(&self) -> bool {
        self.leases.values().any(|lease| lease.processed != lease.committed)
    }
}

impl Subscription for SqliteSubscription {
    fn poll(&mut self, max: usize) -> LogFuture<'_, Vec<Delivery>> {
        Box::pin(self.next_batch(max))
    }

    fn processed(&mut self, delivery: &Delivery) {
        if let Some(lease) = self.leases.get_mut(&delivery.partition) {
            // A redelivered record must not move the offset back.
            lease.processed = lease.processed.max(delivery.offset + 1);
        }
    }

    fn commit(&mut self) -> LogFuture<'_, ()> {
        Box::pin(self.commit_processed())
    }

    fn assignment(&self) -> Vec<u32> {
        self.leases.keys().copied().collect()
    }

    fn leave(&mut self) -> LogFuture<'_, ()> {
        Box::pin(async {
            if self.is_dirty() {
                self.commit_processed().await?;
            }
            let me = self.me.clone();
            self.connection.call(move |db| group::leave(db, &me)).await?;
            self.bell.ring();
            self.leases.clear();
            if let Some(sign) = self.sign.take() {
                sign.take_back();
            }
            self.next_beat = Instant::now();
            Ok(())
        })
    }
}

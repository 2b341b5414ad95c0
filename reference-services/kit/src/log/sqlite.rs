//! The embedded log: one SQLite file in WAL mode that all processes share.
//!
//! Records are flushed to disk before an append returns: the outbox forgets them then. Heartbeats
//! and offsets are not, as losing the last of them only delivers records again. Ownership of
//! partitions is a lease per partition with a generation: a heartbeat keeps it, a commit or a
//! delivery with an older generation is refused, and the members share the partitions out by the
//! same rule.

mod clock;
mod connection;
mod group;
mod lease;
mod records;
mod schema;
mod sign;
mod subscription;
mod tail;

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::bell::Bell;
use super::{EventLog, LogError, LogFuture, NewRecord, Rewind, Start, Subscription, Tail};
use crate::config::{Guard, Offsets};
use crate::source::{Source, source};
use connection::Connection;
use lease::Membership;
use records::Keep;
use subscription::SqliteSubscription;
use tail::SqliteTail;

/// The event log in one SQLite file, which all processes on this machine share.
pub struct SqliteLog {
    connection: Connection,
    bell: Arc<Bell>,
    /// The directory of the members' sign-of-life files.
    signs: Arc<Path>,
    keep: Keep,
    durable: Guard,
}

/// The default number of records that a partition keeps, for members that join late or rewind.
pub const USUAL_KEEP: u32 = 1_000_000;

/// How long unread records are kept for a group without members: as long as Kafka keeps the
/// offsets of one.
const GROUPS_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

impl SqliteLog {
    /// Opens the log's file, or makes it.
    ///
    /// # Errors
    /// When the file or its directory cannot be used.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let unusable = |source: Source| LogError::Unusable { path: path.to_owned(), source };
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent).map_err(|error| unusable(source(error)))?;
        }
        let connection = Connection::open(path).map_err(|error| unusable(source(error)))?;
        let bell =
            Bell::open(&path.with_extension("bell")).map_err(|error| unusable(source(error)))?;
        Ok(Self {
            connection,
            bell: Arc::new(bell),
            signs: path.with_extension("members").into(),
            keep: Keep { records: USUAL_KEEP, for_groups: GROUPS_KEPT },
            durable: Guard::On,
        })
    }

    /// The same with another number of records (at least one) that a partition keeps although every
    /// group has read them.
    #[must_use]
    pub fn keeping(self, records: u32) -> Self {
        Self { keep: Keep { records: records.max(1), ..self.keep }, ..self }
    }
}

impl SqliteLog {
    /// The same with another time for which unread records are kept for a group without members.
    #[must_use]
    pub fn keeping_groups_for(self, time: Duration) -> Self {
        Self { keep: Keep { for_groups: time, ..self.keep }, ..self }
    }

    /// The same, but off does not flush appended records: a loss of power may lose the last ones.
    #[must_use]
    pub fn durable(self, durable: Guard) -> Self {
        Self { durable, ..self }
    }
}

impl EventLog for SqliteLog {
    fn append(&self, records: Vec<NewRecord>) -> LogFuture<'_, ()> {
        let (bell, keep, durable) = (Arc::clone(&self.bell), self.keep, self.durable);
        Box::pin(self.connection.call(move |db| {
            // The wake-up follows the commit: a reader that is woken before it would find nothing
            // and wait again.
            records::append(db, &records, keep, durable)?;
            bell.ring();
            Ok(())
        }))
    }

    fn subscribe(&self, group: &str, topic: &str, offsets: Offsets) -> Box<dyn Subscription> {
        // Time-ordered ids, so that a new member is last in the order and as few partitions
        // as possible move.
        let member = uuid::Uuid::now_v7().to_string();
        let (group, topic, signs) = (group.to_owned(), topic.to_owned(), Arc::clone(&self.signs));
        let me = Membership { group, topic, member, offsets, signs };
        Box::new(SqliteSubscription::new(self.connection.clone(), Arc::clone(&self.bell), me))
    }

    fn topics(&self) -> LogFuture<'_, Vec<String>> {
        Box::pin(self.connection.call(|db| records::topics(db)))
    }

    fn tail(&self, topic: &str, start: Start) -> Box<dyn Tail> {
        Box::new(SqliteTail::new(self.connection.clone(), &self.bell, topic, start))
    }

    fn rewind(&self, group: &str, topic: &str, to: Rewind) -> LogFuture<'_, ()> {
        let (group, topic, bell) = (group.to_owned(), topic.to_owned(), Arc::clone(&self.bell));
        Box::pin(self.connection.call(move |db| {
            group::rewind(db, &group, &topic, to)?;
            bell.ring();
            Ok(())
        }))
    }

    fn ended(&self) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        Some(Box::pin(self.connection.ended()))
    }
}

impl From<rusqlite::Error> for LogError {
    fn from(error: rusqlite::Error) -> Self {
        Self::failed(error)
    }
}

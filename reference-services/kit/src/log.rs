//! The durable event log: topics, partitions, keys, consumer groups and committed offsets.
//!
//! A port with Kafka's meaning. Delivery is at least once: offsets are committed in batches, so a
//! consumer that is killed receives its last events again, and the inbox is what protects against
//! applying them twice.

mod bell;
#[cfg(feature = "kafka")]
mod kafka;
mod sqlite;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

#[cfg(feature = "kafka")]
pub use kafka::KafkaLog;
pub use sqlite::{SqliteLog, USUAL_KEEP};

use crate::config::{EventLogUrl, Guard, Offsets};
use crate::source::{Source, source};

/// How many partitions a topic has.
// Six can be shared out evenly among one, two, three or six replicas.
pub const PARTITIONS: u32 = 6;

/// What the name of a topic of dead letters ends with, as Spring Kafka has it.
pub const DEAD_LETTERS: &str = ".DLT";

/// The future that a call to the log returns.
pub type LogFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, LogError>> + Send + 'a>>;

/// Why the event log cannot be opened, read or appended to.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file, or its directory, cannot be used.
    #[error(
        "the event log {} cannot be used: {source}; check the path and its permissions, or set \
         EVENT_LOG",
        path.display()
    )]
    Unusable {
        /// The path of the file.
        path: PathBuf,
        /// The operating system's error.
        source: Source,
    },
    /// `EVENT_LOG` names Kafka, which this program was built without.
    #[cfg(not(feature = "kafka"))]
    #[error(
        "the event log cannot be on Kafka: this program was built without it; build it with \
         `--features kafka`"
    )]
    NotBuilt,
    /// The log failed after it was opened.
    #[error("the event log failed: {0}")]
    Failed(#[source] Source),
    /// The log has stopped.
    #[error("the event log is closed")]
    Closed,
}

impl LogError {
    pub(crate) fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed(source(error))
    }
}

/// A record to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecord {
    /// The topic it goes to.
    pub topic: String,
    /// Chooses the partition: records of one key stay in order.
    pub key: String,
    /// The event's bytes, as they are in the log.
    pub value: Bytes,
    /// The record's headers.
    pub headers: BTreeMap<String, String>,
}

/// A record as a consumer receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its partition, from 0.
    pub partition: u32,
    /// Its place in the partition, from 0.
    pub offset: i64,
    /// The key it was appended with.
    pub key: String,
    /// The event's bytes, as they are in the log.
    pub value: Bytes,
    /// The record's headers.
    pub headers: BTreeMap<String, String>,
}

/// The offsets to rewind a group to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewind {
    /// The first record of each partition.
    Beginning,
    /// So many records before what was committed, in each partition.
    Back(u32),
}

/// The position from which a tail reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the first record of each partition.
    Beginning,
    /// At what is appended from now on.
    End,
}

/// A durable log that several processes share.
pub trait EventLog: Send + Sync {
    /// Appends records in order. They are durable when it returns.
    fn append(&self, records: Vec<NewRecord>) -> LogFuture<'_, ()>;

    /// Joins a consumer group as a new member. It resumes where the group stopped; a new group
    /// starts at the beginning, or with `Offsets::Latest` at the end.
    fn subscribe(&self, group: &str, topic: &str, offsets: Offsets) -> Box<dyn Subscription>;

    /// The names of all topics.
    fn topics(&self) -> LogFuture<'_, Vec<String>>;

    /// Reads all of a topic outside of any group: nothing is committed.
    fn tail(&self, topic: &str, start: Start) -> Box<dyn Tail>;

    /// Sets a group's committed offsets back; its members receive those records again. A log may
    /// refuse it while the group has members.
    fn rewind(&self, group: &str, topic: &str, to: Rewind) -> LogFuture<'_, ()>;

    /// Tells when the log cannot be used any more in this process: after a defect, or once the last
    /// handle is dropped. None if there is nothing that can end.
    fn ended(&self) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        None
    }
}

/// A reader of a topic that belongs to no group.
pub trait Tail: Send {
    /// Waits for up to about `max` records.
    fn poll(&mut self, max: usize) -> LogFuture<'_, Vec<Delivery>>;
}

/// One member's part of a topic. The log shares the partitions out among the members of a group.
pub trait Subscription: Send {
    /// Waits for up to `max` records. Records of the previous call that were not marked as
    /// processed stay uncommitted.
    fn poll(&mut self, max: usize) -> LogFuture<'_, Vec<Delivery>>;

    /// Marks a record, and those before it in its partition, to be committed soon.
    fn processed(&mut self, delivery: &Delivery);

    /// Commits what is processed now, and not only soon.
    fn commit(&mut self) -> LogFuture<'_, ()>;

    /// The partitions that this member owns, as of the last poll.
    fn assignment(&self) -> Vec<u32>;

    /// Commits what is processed and hands the partitions over to the others.
    fn leave(&mut self) -> LogFuture<'_, ()>;
}

/// Opens the log that a URL names. `keep` is the number of records that a partition of the embedded
/// log keeps although every group has read them; without `durable` it is not flushed with each
/// append. Kafka has its own settings for both.
///
/// # Errors
/// When it cannot be used.
pub fn open(url: &EventLogUrl, keep: u32, durable: Guard) -> Result<Arc<dyn EventLog>, LogError> {
    match url {
        EventLogUrl::Sqlite(path) => {
            Ok(Arc::new(SqliteLog::open(path)?.keeping(keep).durable(durable)))
        }
        #[cfg(feature = "kafka")]
        EventLogUrl::Kafka(brokers) => Ok(Arc::new(KafkaLog::open(brokers)?)),
        #[cfg(not(feature = "kafka"))]
        EventLogUrl::Kafka(_) => Err(LogError::NotBuilt),
    }
}

/// The partition of a key: FNV-1a, the same in every process and version.
#[must_use]
pub fn partition_of(key: &str) -> u32 {
    // FNV-1a rather than the standard hasher, whose seed differs in each process: all of them must
    // agree on a key's partition, also after an upgrade.
    let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // Less than PARTITIONS, so it fits.
    (hash % u64::from(PARTITIONS)) as u32
}

#[cfg(test)]
pub(crate) mod tests;

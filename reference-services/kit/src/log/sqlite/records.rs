//! Appending and reading records.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::lease::{self, Lease, Membership};
use crate::config::Guard;
use crate::log::{DEAD_LETTERS, Delivery, LogError, NewRecord, partition_of};
use crate::sqlite::synchronous;

/// How many records are appended between two checks for what can be dropped.
// A deletion for each append would double the writes; a thousand records more than
// needed cost nothing.
const BETWEEN_LOOKS: i64 = 1024;

/// What may be dropped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keep {
    /// How many records a partition keeps, although every group has read them.
    pub(super) records: u32,
    /// For how long nothing is dropped that a group has not read although it has no members.
    pub(super) for_groups: Duration,
}

pub(super) fn append(
    db: &mut Connection,
    records: &[NewRecord],
    keep: Keep,
    durable: Guard,
) -> Result<(), LogError> {
    // For this commit alone: it takes all earlier ones of the file with it.
    db.pragma_update(None, "synchronous", synchronous(durable))?;
    let appended = append_all(db, records, keep);
    db.pragma_update(None, "synchronous", synchronous(Guard::Off))?;
    appended
}

fn append_all(db: &mut Connection, records: &[NewRecord], keep: Keep) -> Result<(), LogError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for record in records {
        let offset = append_one(&tx, record)?;
        if (offset + 1) % BETWEEN_LOOKS == 0 {
            trim(&tx, record, offset + 1 - i64::from(keep.records), keep.for_groups)?;
        }
    }
    Ok(tx.commit()?)
}

/// Drops what lies before `offset`, unless there is a group that has not read it. A group that has
/// had no members for too long does not count, as with Kafka: whoever took a service away would
/// otherwise fill the disk. A topic that no group has ever read keeps everything, except for dead
/// letters, which are there for people.
fn trim(
    tx: &Transaction<'_>,
    record: &NewRecord,
    offset: i64,
    for_groups: Duration,
) -> Result<(), LogError> {
    let gone_before = millis_before(for_groups);
    let unread = if record.topic.ends_with(DEAD_LETTERS) { i64::MAX } else { 0 };
    tx.prepare_cached(
        "DELETE FROM records WHERE topic = ?1 AND part = ?2 AND off < ?3 AND off < (
             SELECT coalesce(min(CASE WHEN groups.at < ?4 THEN ?6 ELSE coalesce(
                 (SELECT committed FROM leases
                  WHERE grp = groups.grp AND topic = ?1 AND part = ?2), 0) END), ?5)
             FROM (SELECT DISTINCT grp, coalesce(
                      (SELECT at FROM seen WHERE grp = leases.grp AND topic = ?1), ?6) AS at
                   FROM leases WHERE topic = ?1) AS groups)",
    )?
    .execute(params![
        record.topic,
        partition_of(&record.key),
        offset,
        gone_before,
        unread,
        i64::MAX
    ])?;
    Ok(())
}

/// A time so long ago, in milliseconds since 1970.
fn millis_before(duration: Duration) -> i64 {
    let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Timestamp::now().as_millisecond().saturating_sub(millis)
}

/// Writes that a group has a member now, if that was last written longer ago than `every`.
pub(super) fn see(
    tx: &Transaction<'_>,
    group: &str,
    topic: &str,
    every: Duration,
) -> Result<(), LogError> {
    let seen: Option<i64> = tx
        .prepare_cached("SELECT at FROM seen WHERE grp = ?1 AND topic = ?2")?
        .query_row(params![group, topic], |row| row.get(0))
        .optional()?;
    if seen.is_none_or(|at| at < millis_before(every)) {
        let now = Timestamp::now().as_millisecond();
        tx.prepare_cached(
            "INSERT INTO seen VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET at = ?3",
        )?
        .execute(params![group, topic, now])?;
    }
    Ok(())
}

fn append_one(tx: &Transaction<'_>, record: &NewRecord) -> Result<i64, LogError> {
    let headers = serde_json::to_string(&record.headers).map_err(LogError::failed)?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO records SELECT ?1, ?2, coalesce(max(off), -1) + 1, ?3, ?4, ?5
         FROM records WHERE topic = ?1 AND part = ?2 RETURNING off",
    )?;
    let values =
        params![record.topic, partition_of(&record.key), record.key, &record.value[..], headers];
    Ok(insert.query_row(values, |row| row.get(0))?)
}

/// The offset that the next record of a partition will have.
pub(super) fn end(tx: &Transaction<'_>, topic: &str, partition: u32) -> Result<i64, LogError> {
    let mut query = tx.prepare_cached(
        "SELECT coalesce(max(off), -1) + 1 FROM records WHERE topic = ?1 AND part = ?2",
    )?;
    Ok(query.query_row(params![topic, partition], |row| row.get(0))?)
}

/// The topics that have records.
pub(super) fn topics(db: &Connection) -> Result<Vec<String>, LogError> {
    // One step of the index for each topic, however many records there are.
    let mut query = db.prepare_cached(
        "WITH RECURSIVE some(topic) AS (
             SELECT min(topic) FROM records
             UNION ALL SELECT (SELECT min(topic) FROM records WHERE topic > some.topic) FROM some
             WHERE some.topic IS NOT NULL)
         SELECT topic FROM some WHERE topic IS NOT NULL",
    )?;
    let topics = query.query_map([], |row| row.get(0))?;
    Ok(topics.collect::<Result<_, _>>()?)
}

/// The result of a poll.
pub(super) struct Fetched {
    pub(super) deliveries: Vec<Delivery>,
    /// The group's epoch: it changes whenever members or leases do.
    pub(super) epoch: i64,
    /// A lease is no longer this member's; nothing was read for it.
    pub(super) fenced: bool,
}

/// Reads from each lease's position, in a single snapshot, and only where the lease is still valid.
pub(super) fn fetch(
    db: &mut Connection,
    me: &Membership,
    leases: &BTreeMap<u32, Lease>,
    max: usize,
) -> Result<Fetched, LogError> {
    let tx = db.transaction()?;
    let epoch = lease::epoch(&tx, me)?;
    let mut found = Fetched { deliveries: Vec::new(), epoch, fenced: false };
    // A share for each partition, so that a full one does not keep the others waiting.
    let share = max.div_ceil(leases.len().max(1));
    for (partition, held) in leases {
        if lease::holds(&tx, me, *partition, held.generation)? {
            read_partition(
                &tx,
                &me.topic,
                *partition,
                held.position,
                share,
                &mut found.deliveries,
            )?;
        } else {
            // Nothing is read for a partition that another member has: its records would
            // be processed twice.
            found.fenced = true;
        }
    }
    tx.commit()?;
    Ok(found)
}

pub(super) fn read_partition(
    tx: &Transaction<'_>,
    topic: &str,
    partition: u32,
    position: i64,
    max: usize,
    into: &mut Vec<Delivery>,
) -> Result<(), LogError> {
    let mut query = tx.prepare_cached(
        "SELECT off, key, value, headers FROM records
         WHERE topic = ?1 AND part = ?2 AND off >= ?3 ORDER BY off LIMIT ?4",
    )?;
    let limit = i64::try_from(max).unwrap_or(i64::MAX);
    let rows = query.query_map(params![topic, partition, position, limit], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?, row.get::<_, String>(3)?))
    })?;
    for row in rows {
        let (offset, key, value, headers) = row?;
        // Headers carry no meaning for the event itself: a row whose headers cannot be read
        // is still delivered.
        let headers = serde_json::from_str(&headers).unwrap_or_default();
        into.push(Delivery { partition, offset, key, value: Bytes::from(value), headers });
    }
    Ok(())
}

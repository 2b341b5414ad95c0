//! Who owns which partition: the rows of the leases.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{OptionalExtension, Transaction, params};

use crate::config::Offsets;
use crate::log::LogError;

/// A group and a topic.
#[derive(Clone, Debug)]
pub(super) struct Membership {
    pub(super) group: String,
    pub(super) topic: String,
    pub(super) member: String,
    /// Where it starts to read a partition that it takes over.
    pub(super) offsets: Offsets,
    /// The directory of the members' sign-of-life files.
    pub(super) signs: Arc<Path>,
}

/// A partition that this member owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lease {
    /// Grows with each change of owner; commits with an older one are refused.
    pub(super) generation: i64,
    /// The offset to read next.
    pub(super) position: i64,
    /// What the group resumes from: the offset after the last that was processed and committed.
    pub(super) committed: i64,
    /// The offset after the last that was processed.
    pub(super) processed: i64,
}

/// Its owner, its generation and the offset that was committed last.
pub(super) type LeaseRow = (Option<String>, i64, i64);

pub(super) fn lease_row(
    tx: &Transaction<'_>,
    me: &Membership,
    partition: u32,
) -> Result<LeaseRow, LogError> {
    let row = tx
        .prepare_cached(
            "SELECT member, generation, committed FROM leases
             WHERE grp = ?1 AND topic = ?2 AND part = ?3",
        )?
        .query_row(params![me.group, me.topic, partition], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    Ok(row.unwrap_or((None, 0, 0)))
}

pub(super) fn write_lease(
    tx: &Transaction<'_>,
    me: &Membership,
    partition: u32,
    member: Option<&str>,
    generation: i64,
    committed: i64,
) -> Result<(), LogError> {
    tx.prepare_cached(
        "INSERT INTO leases VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET member = ?4, generation = ?5, committed = ?6",
    )?
    .execute(params![me.group, me.topic, partition, member, generation, committed])?;
    Ok(())
}

/// How often members or leases of the group have changed.
pub(super) fn epoch(tx: &Transaction<'_>, me: &Membership) -> Result<i64, LogError> {
    let epoch = tx
        .prepare_cached("SELECT epoch FROM epochs WHERE grp = ?1 AND topic = ?2")?
        .query_row(params![me.group, me.topic], |row| row.get(0))
        .optional()?;
    Ok(epoch.unwrap_or(0))
}

/// Whether this member owns the partition, in this generation.
pub(super) fn holds(
    tx: &Transaction<'_>,
    me: &Membership,
    partition: u32,
    generation: i64,
) -> Result<bool, LogError> {
    let (holder, current, _) = lease_row(tx, me, partition)?;
    Ok(current == generation && holder.as_deref() == Some(me.member.as_str()))
}

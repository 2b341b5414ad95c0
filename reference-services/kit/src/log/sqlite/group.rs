//! Consumer groups: members, leases, committed offsets.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::lease::{Lease, Membership, epoch, lease_row, write_lease};
use super::{clock, records, sign};
use crate::config::Offsets;
use crate::log::{LogError, PARTITIONS, Rewind};

/// A member without a heartbeat for this long is dead.
// Five heartbeats: a process that is merely slow for a second must not lose its partitions. A
// killed one is noticed by its released lock, long before.
pub(super) const SESSION_MILLIS: i64 = 2_500;

/// How often it is written down that a group has members; a lost power may lose the last time.
// Not with each heartbeat: it is compared with days.
const SEEN_EVERY: Duration = Duration::from_secs(600);

/// What a heartbeat found.
pub(super) struct Beat {
    pub(super) leases: BTreeMap<u32, Lease>,
    pub(super) epoch: i64,
    /// Whether leases have changed, so that other members must look again.
    pub(super) changed: bool,
}

/// Renews this member's heartbeat, removes dead members, and releases and takes partitions so that
/// each member has its share. A partition is first released by its owner, with its offset, and only
/// then taken: no two members ever own it.
pub(super) fn beat(
    db: &mut Connection,
    me: &Membership,
    held: &BTreeMap<u32, Lease>,
) -> Result<Beat, LogError> {
    // Immediate: a deferred transaction that reads first and then writes can fail with SQLITE_BUSY
    // whatever the timeout.
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut changed = announce(&tx, me)? | bury(&tx, me)?;
    records::see(&tx, &me.group, &me.topic, SEEN_EVERY)?;
    let live = members(&tx, me)?;
    let mut leases = BTreeMap::new();
    for partition in 0..PARTITIONS {
        // The same rule on the same rows in every process: the members need not talk to each
        // other to agree.
        let owner = &live[partition as usize % live.len()];
        changed |= settle(&tx, me, partition, owner, held, &mut leases)?;
    }
    // The epoch is what other members compare: it tells them to beat at once rather than at
    // their next heartbeat.
    if changed {
        tx.execute(
            "INSERT INTO epochs VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1",
            params![me.group, me.topic],
        )?;
    }
    let epoch = epoch(&tx, me)?;
    tx.commit()?;
    Ok(Beat { leases, epoch, changed })
}

fn announce(tx: &Transaction<'_>, me: &Membership) -> Result<bool, LogError> {
    let known = tx
        .prepare_cached(
            "UPDATE members SET beat = ?4 WHERE grp = ?1 AND topic = ?2 AND member = ?3",
        )?
        .execute(params![me.group, me.topic, me.member, clock::now()])?;
    if known == 0 {
        tx.execute(
            "INSERT INTO members VALUES (?1, ?2, ?3, ?4)",
            params![me.group, me.topic, me.member, clock::now()],
        )?;
    }
    Ok(known == 0)
}

/// The members whose process has ended, and those without a heartbeat. A heartbeat in the future is
/// from before the machine was restarted.
fn bury(tx: &Transaction<'_>, me: &Membership) -> Result<bool, LogError> {
    let mut buried = false;
    for member in members(tx, me)? {
        // Its own sign is locked by this process, so a check of it would always fail.
        if member != me.member && sign::is_dead(&me.signs, &member) {
            tx.prepare_cached("DELETE FROM members WHERE grp = ?1 AND topic = ?2 AND member = ?3")?
                .execute(params![me.group, me.topic, member])?;
            buried = true;
        }
    }
    let now = clock::now();
    let dead = tx
        .prepare_cached(
            "DELETE FROM members WHERE grp = ?1 AND topic = ?2 AND (beat < ?3 OR beat > ?4)",
        )?
        .execute(params![me.group, me.topic, now - SESSION_MILLIS, now + SESSION_MILLIS])?;
    Ok(buried || dead > 0)
}

fn members(tx: &Transaction<'_>, me: &Membership) -> Result<Vec<String>, LogError> {
    let mut query = tx.prepare_cached(
        "SELECT member FROM members WHERE grp = ?1 AND topic = ?2 ORDER BY member",
    )?;
    let members = query.query_map(params![me.group, me.topic], |row| row.get(0))?;
    Ok(members.collect::<Result<_, _>>()?)
}

/// Keeps, releases or takes one partition; true if its owner changed.
fn settle(
    tx: &Transaction<'_>,
    me: &Membership,
    partition: u32,
    owner: &str,
    held: &BTreeMap<u32, Lease>,
    leases: &mut BTreeMap<u32, Lease>,
) -> Result<bool, LogError> {
    let (holder, generation, committed) = lease_row(tx, me, partition)?;
    let mine = holder.as_deref() == Some(me.member.as_str());
    // What this member has in memory counts only under the generation it was given: a rewind or
    // another owner has made it void otherwise.
    let known = held.get(&partition).filter(|lease| mine && lease.generation == generation);
    let fresh = Lease { generation, position: committed, committed, processed: committed };
    if mine && owner == me.member {
        leases.insert(partition, known.copied().unwrap_or(fresh));
        return Ok(false);
    }
    if mine {
        // What was processed is handed over with the partition, so that the next owner does
        // not repeat it.
        let committed = known.map_or(committed, |lease| lease.processed);
        write_lease(tx, me, partition, None, generation, committed)?;
        return Ok(true);
    }
    // The previous owner may be alive and still processing: the partition is taken only after it
    // was released, or its member was removed.
    if owner == me.member && free(tx, me, holder.as_deref())? {
        let position = match me.offsets {
            Offsets::Committed => committed,
            // Only when a partition is taken over: a member that keeps its lease never skips.
            Offsets::Latest => records::end(tx, &me.topic, partition)?,
        };
        let taken = Lease { generation: generation + 1, position, ..fresh };
        write_lease(tx, me, partition, Some(&me.member), taken.generation, committed)?;
        leases.insert(partition, taken);
        return Ok(true);
    }
    Ok(false)
}

fn free(tx: &Transaction<'_>, me: &Membership, holder: Option<&str>) -> Result<bool, LogError> {
    let Some(holder) = holder else { return Ok(true) };
    Ok(!tx
        .prepare_cached("SELECT 1 FROM members WHERE grp = ?1 AND topic = ?2 AND member = ?3")?
        .exists(params![me.group, me.topic, holder])?)
}

/// Commits what is processed. False if a lease is no longer this member's: its offset is
/// then left alone.
pub(super) fn commit(
    db: &mut Connection,
    me: &Membership,
    leases: &BTreeMap<u32, Lease>,
) -> Result<bool, LogError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // The other leases are committed all the same: each one counts for itself.
    let mut current = true;
    for (partition, lease) in leases.iter().filter(|(_, lease)| lease.processed != lease.committed)
    {
        let written = tx
            .prepare_cached(
                "UPDATE leases SET committed = ?6
                 WHERE grp = ?1 AND topic = ?2 AND part = ?3 AND member = ?4 AND generation = ?5",
            )?
            .execute(params![
                me.group,
                me.topic,
                partition,
                me.member,
                lease.generation,
                lease.processed
            ])?;
        current &= written == 1;
    }
    tx.commit()?;
    Ok(current)
}

/// Releases everything at once, so that the others need not wait for the session to end.
pub(super) fn leave(db: &mut Connection, me: &Membership) -> Result<(), LogError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let names = params![me.group, me.topic, me.member];
    tx.execute(
        "UPDATE leases SET member = NULL WHERE grp = ?1 AND topic = ?2 AND member = ?3",
        names,
    )?;
    tx.execute("DELETE FROM members WHERE grp = ?1 AND topic = ?2 AND member = ?3", names)?;
    tx.execute(
        "UPDATE epochs SET epoch = epoch + 1 WHERE grp = ?1 AND topic = ?2",
        params![me.group, me.topic],
    )?;
    Ok(tx.commit()?)
}

/// The new generation makes the owners forget their positions and refuses the offsets they
/// had in hand.
pub(super) fn rewind(
    db: &mut Connection,
    group: &str,
    topic: &str,
    to: Rewind,
) -> Result<(), LogError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let back = match to {
        Rewind::Beginning => i64::MAX,
        Rewind::Back(records) => i64::from(records),
    };
    tx.execute(
        "UPDATE leases SET generation = generation + 1, committed = max(0, committed - ?3)
         WHERE grp = ?1 AND topic = ?2",
        params![group, topic, back],
    )?;
    tx.execute(
        "UPDATE epochs SET epoch = epoch + 1 WHERE grp = ?1 AND topic = ?2",
        params![group, topic],
    )?;
    Ok(tx.commit()?)
}

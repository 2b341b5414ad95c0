//! A lease in the store that replicas share: one replica at a time has the turn.
//!
//! No clocks are compared: an owner increments a counter, and another replica that sees it
//! unchanged for the term takes the lease over.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::engine::Reader;
use super::{Store, StoreError, Tx};

/// How long an owner may be silent before another takes over.
const TERM: Duration = Duration::from_secs(3);
/// How often an owner must renew its lease.
pub(crate) const RENEW: Duration = Duration::from_millis(750);

/// How often a waiting replica checks the lease.
const LOOK: Duration = Duration::from_millis(250);

/// The lease's row in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    owner: String,
    beat: u64,
}

/// One replica's claim to a turn.
pub(crate) struct Lease {
    key: String,
    me: String,
    /// The last seen row of another owner, and since when.
    seen: Option<(Row, Instant)>,
    renewed: Option<Instant>,
    refused: Option<Instant>,
}

impl Lease {
    pub(crate) fn new(name: &str) -> Self {
        let (key, me) = (format!("lease/{name}"), uuid::Uuid::now_v7().to_string());
        Self { key, me, seen: None, renewed: None, refused: None }
    }

    /// Takes or keeps the turn; false while another replica has it.
    pub(crate) async fn hold(&mut self, store: &Store) -> Result<bool, StoreError> {
        // A relay asks before every batch; the row is written only when it must be.
        if self.renewed.is_some_and(|renewed| renewed.elapsed() < RENEW) {
            return Ok(true);
        }
        if self.refused.is_some_and(|refused| refused.elapsed() < LOOK) {
            return Ok(false);
        }
        let (key, me) = (self.key.clone(), self.me.clone());
        // An owner whose row has not changed for the whole term on this replica's own clock is
        // silent: no two machines' clocks are compared.
        let silent =
            self.seen.clone().filter(|(_, since)| since.elapsed() >= TERM).map(|(row, _)| row);
        let other = store.write(move |tx| tx.take_turn(&key, me, silent.as_ref())).await?;
        self.renewed = other.is_none().then(Instant::now);
        self.refused = other.is_some().then(Instant::now);
        if let Some(row) = other
            && self.seen.as_ref().is_none_or(|(seen, _)| *seen != row)
        {
            // A row that has changed starts the term again: its owner is alive.
            self.seen = Some((row, Instant::now()));
        }
        Ok(self.renewed.is_some())
    }

    /// Gives the turn up, so that nobody has to wait for the term.
    pub(crate) async fn release(self, store: &Store) -> Result<(), StoreError> {
        store.write(move |tx| tx.end_turn(self.key, &self.me)).await
    }
}

impl Tx<'_> {
    /// The row of another owner that is still alive; none if the lease is free, this
    /// replica's, or expired.
    fn take_turn(
        &mut self,
        key: &str,
        me: String,
        silent: Option<&Row>,
    ) -> Result<Option<Row>, StoreError> {
        let row = self.turn(key)?;
        if let Some(other) = row.as_ref().filter(|row| row.owner != me && Some(*row) != silent) {
            return Ok(Some(other.clone()));
        }
        let beat = row.filter(|row| row.owner == me).map_or(0, |row| row.beat + 1);
        self.own.set(key.to_owned(), serde_json::to_string(&Row { owner: me, beat })?);
        Ok(None)
    }

    fn end_turn(&mut self, key: String, me: &str) -> Result<(), StoreError> {
        // Another replica may have taken the lease over meanwhile; its row must stay.
        if self.turn(&key)?.is_some_and(|row| row.owner == me) {
            self.own.remove(key);
        }
        Ok(())
    }

    fn turn(&self, key: &str) -> Result<Option<Row>, StoreError> {
        Ok(self.layers().get(key)?.map(|text| serde_json::from_str(&text)).transpose()?)
    }
}

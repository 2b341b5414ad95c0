//! The SQLite engine.
//!
//! `synchronous=NORMAL` in WAL mode: a commit survives the death of the process at any instant, but
//! the last ones may be lost when the machine itself dies.

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};

use super::changes::Changes;
use super::engine::{Engine, Reader, Span};
use super::error::make_directory;
use super::{StoreError, error};
use crate::sqlite;

pub(super) struct Sqlite(Connection);

const TABLE: &str =
    // One tree instead of two: the key is the table's own order, and scans by prefix are what the
    // store does most.
    "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;";

pub(super) fn open(path: &Path) -> Result<Sqlite, StoreError> {
    make_directory(path)?;
    sqlite::open(path, TABLE).map(Sqlite).map_err(|error| refused(path, error))
}

// The messages tell what to do, which differs: another file, another process, or permissions.
fn refused(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            StoreError::corrupt(path, error)
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Locked { path: path.to_owned() }
        }
        _ => StoreError::unwritable(path, error),
    }
}

impl Engine for Sqlite {
    fn write(&mut self, work: &mut dyn FnMut(&dyn Reader) -> Changes) -> Result<(), StoreError> {
        // Immediate: what the batch reads must still hold when it commits, whatever other
        // processes share the file.
        let tx = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let changes = work(&Snapshot(&tx));
        for (key, value) in changes.iter() {
            match value {
                Some(value) => tx
                    .prepare_cached(
                        "INSERT INTO entries VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
                    )?
                    .execute(params![key, value])?,
                None => tx
                    .prepare_cached("DELETE FROM entries WHERE key = ?1")?
                    .execute(params![key])?,
            };
        }
        Ok(tx.commit()?)
    }

    fn read(&mut self, work: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError> {
        let tx = self.0.transaction()?;
        work(&Snapshot(&tx));
        Ok(tx.commit()?)
    }
}

struct Snapshot<'a>(&'a Connection);

impl Reader for Snapshot<'_> {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut query = self.0.prepare_cached("SELECT value FROM entries WHERE key = ?1")?;
        Ok(query.query_row(params![key], |row| row.get(0)).optional()?)
    }

    fn scan(
        &self,
        span: &Span,
        visit: &mut dyn FnMut(&str, &str) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT key, value FROM entries WHERE key >= ?1 AND key < ?2 ORDER BY key",
        )?;
        let mut rows = query.query(params![span.from, span.to])?;
        while let Some(row) = rows.next()? {
            let (key, value) = (row.get_ref(0)?.as_str(), row.get_ref(1)?.as_str());
            let (key, value) =
                (key.map_err(StoreError::engine)?, value.map_err(StoreError::engine)?);
            if visit(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl From<rusqlite::Error> for error::StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::engine(error)
    }
}

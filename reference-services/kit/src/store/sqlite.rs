//! The SQLite engine.
//!
//! `synchronous=FULL` in WAL mode: a commit survives the death of the process, and of the machine,
//! at any instant. The writer's batches share the price of a flush.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};

use super::StoreError;
use super::changes::Changes;
use super::engine::{Engine, Reader, Span};
use super::error::make_directory;
use super::outage::Outage;
use crate::config::Guard;
use crate::sqlite;

pub(super) struct Sqlite {
    connection: Connection,
    path: PathBuf,
    outage: Outage,
}

const TABLE: &str =
    // One tree instead of two: the key is the table's own order, and scans by prefix are what the
    // store does most.
    "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;";

pub(super) fn open(path: &Path, durable: Guard) -> Result<Sqlite, StoreError> {
    make_directory(path)?;
    let connection = sqlite::open(path, TABLE, durable).map_err(|error| refused(path, error))?;
    Ok(Sqlite { connection, path: path.to_owned(), outage: Outage::default() })
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

impl Sqlite {
    /// Whether there was something to commit, and it is.
    fn try_write(
        &mut self,
        work: &mut dyn FnMut(&dyn Reader) -> Changes,
    ) -> Result<bool, StoreError> {
        // Immediate: what the batch reads must still hold when it commits, whatever other
        // processes share the file.
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
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
        tx.commit()?;
        Ok(!changes.is_empty())
    }
}

impl Engine for Sqlite {
    fn write(&mut self, work: &mut dyn FnMut(&dyn Reader) -> Changes) -> Result<(), StoreError> {
        let outcome = self.try_write(work);
        // A batch that wrote nothing says nothing about the disk.
        if !matches!(outcome, Ok(false)) {
            self.outage.note(&self.path, &outcome);
        }
        outcome.map(drop)
    }

    fn read(&mut self, work: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError> {
        let tx = self.connection.transaction()?;
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

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            // The disk is full, or fails: SQLite has rolled back, and goes on once it can.
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
                Self::unavailable(error)
            }
            _ => Self::engine(error),
        }
    }
}

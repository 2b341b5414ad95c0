//! One connection, and what is asked over it.

use std::cell::RefCell;

use postgres::{Client, Row, Statement};

use super::keys::{escaped, unescaped};
use crate::store::StoreError;
use crate::store::changes::Changes;
use crate::store::engine::Span;

/// How many rows a scan asks for at a time.
// Few round trips for a page, and little memory for a collection.
pub(super) const SOME: usize = 512;

/// A transaction that is idle for this long belongs to a stuck replica: the server ends it, so that
/// the others continue. No replica waits for the lock much longer.
const SETTINGS: &str = "SET idle_in_transaction_session_timeout = '5s'; SET lock_timeout = '10s';";

/// Tables may be made by several replicas at the same time, of which PostgreSQL refuses all but
/// one, hence the lock. A writer that has not been heard of for a week has nothing left to settle.
fn tables(schema: &str) -> String {
    let schema = format!("\"{}\"", schema.replace('"', "\"\""));
    format!(
        "BEGIN;
         SELECT pg_advisory_xact_lock(hashtextextended('brunt tables', 0));
         CREATE SCHEMA IF NOT EXISTS {schema};
         SET search_path TO {schema};
         CREATE TABLE IF NOT EXISTS entries (
             key TEXT COLLATE \"C\" PRIMARY KEY, value TEXT NOT NULL);
         CREATE TABLE IF NOT EXISTS writers (
             writer TEXT PRIMARY KEY, batch BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now());
         DELETE FROM writers WHERE at < now() - interval '7 days';
         COMMIT;"
    )
}

pub(super) struct Session {
    client: RefCell<Client>,
    statements: Statements,
    /// The first error of the current transaction.
    failure: RefCell<Option<StoreError>>,
}

struct Statements {
    lock: Statement,
    get: Statement,
    some: Statement,
    set: Statement,
    remove: Statement,
    mark: Statement,
    marked: Statement,
}

impl Session {
    pub(super) fn new(mut client: Client, schema: &str) -> Result<Self, StoreError> {
        client.batch_execute(SETTINGS)?;
        client.batch_execute(&tables(schema))?;
        let lock =
            "SELECT pg_advisory_xact_lock(hashtextextended('brunt store ' || current_schema, 0))";
        let statements = Statements {
            lock: client.prepare(lock)?,
            get: client.prepare("SELECT value FROM entries WHERE key = $1")?,
            some: client.prepare(
                "SELECT key, value FROM entries
                 WHERE key >= $1 AND key < $2 AND ($3::text IS NULL OR key > $3)
                 ORDER BY key LIMIT $4",
            )?,
            set: client.prepare(
                "INSERT INTO entries SELECT * FROM unnest($1::text[], $2::text[])
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?,
            remove: client.prepare("DELETE FROM entries WHERE key = ANY($1::text[])")?,
            mark: client.prepare(
                "INSERT INTO writers VALUES ($1, $2)
                 ON CONFLICT (writer) DO UPDATE SET batch = $2, at = now()",
            )?,
            marked: client.prepare("SELECT batch FROM writers WHERE writer = $1")?,
        };
        Ok(Self { client: RefCell::new(client), statements, failure: RefCell::new(None) })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.borrow().is_closed()
    }

    /// Why the transaction cannot be committed, if it cannot. A command may have ignored the error.
    pub(super) fn failure(&self) -> Option<StoreError> {
        self.failure.borrow_mut().take()
    }

    /// A write transaction that no other replica's overlaps. Each statement sees what is committed,
    /// which from here on only this transaction changes.
    pub(super) fn begin_alone(&self) -> Result<(), StoreError> {
        // The lock makes batches serial, so that the weakest level is enough: each statement sees
        // all that came before the lock.
        self.command("BEGIN ISOLATION LEVEL READ COMMITTED")?;
        self.client.borrow_mut().execute(&self.statements.lock, &[])?;
        Ok(())
    }

    pub(super) fn begin_reading(&self) -> Result<(), StoreError> {
        // A page and its total must be from one moment, and readers take no lock.
        self.command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    pub(super) fn roll_back(&self) -> Result<(), StoreError> {
        self.command("ROLLBACK")
    }

    pub(super) fn commit(&self) -> Result<(), StoreError> {
        self.command("COMMIT")
    }

    fn command(&self, command: &str) -> Result<(), StoreError> {
        Ok(self.client.borrow_mut().batch_execute(command)?)
    }

    pub(super) fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        let found = self.client.borrow_mut().query_opt(&self.statements.get, &[&escaped(key)]);
        let row = self.noted(found)?;
        self.noted(row.map(|row| row.try_get(0)).transpose())
    }

    /// Some entries of a span, from its beginning or after a key.
    pub(super) fn some(
        &self,
        span: &Span,
        after: Option<&str>,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let (from, to, after) = (escaped(&span.from), escaped(&span.to), after.map(escaped));
        let found = self
            .client
            .borrow_mut()
            .query(&self.statements.some, &[&from, &to, &after, &(SOME as i64)]);
        let rows = self.noted(found)?;
        self.noted(rows.iter().map(entry).collect())
    }

    fn noted<T>(&self, outcome: Result<T, postgres::Error>) -> Result<T, StoreError> {
        outcome.map_err(|error| {
            let error = StoreError::from(error);
            let again = error.again();
            // Kept until the end of the batch: a command may turn a failed read into a refusal,
            // but the transaction is broken and must not commit.
            self.failure.borrow_mut().get_or_insert(error);
            again
        })
    }

    pub(super) fn apply(&self, changes: &Changes) -> Result<(), StoreError> {
        // As arrays: one statement for all changes of a batch instead of one for each key.
        let (mut keys, mut values, mut removed) = (Vec::new(), Vec::new(), Vec::new());
        for (key, value) in changes.iter() {
            match value {
                Some(value) => {
                    keys.push(escaped(key));
                    values.push(value);
                }
                None => removed.push(escaped(key)),
            }
        }
        let mut client = self.client.borrow_mut();
        if !keys.is_empty() {
            client.execute(&self.statements.set, &[&keys, &values])?;
        }
        if !removed.is_empty() {
            client.execute(&self.statements.remove, &[&removed])?;
        }
        Ok(())
    }

    /// Writes the marker of the commit within the transaction.
    pub(super) fn mark(&self, writer: &str, batch: i64) -> Result<(), StoreError> {
        self.client.borrow_mut().execute(&self.statements.mark, &[&writer, &batch])?;
        Ok(())
    }

    /// The last batch of a writer that was committed.
    pub(super) fn marked(&self, writer: &str) -> Result<Option<i64>, StoreError> {
        let row = self.client.borrow_mut().query_opt(&self.statements.marked, &[&writer])?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}

fn entry(row: &Row) -> Result<(String, String), postgres::Error> {
    Ok((unescaped(row.try_get(0)?), row.try_get(1)?))
}

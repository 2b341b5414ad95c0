//! The redb engine. Every commit is flushed to disk, which the writer's batches make cheap.

mod handle;
mod tables;

use std::cell::Cell;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use redb::{Database, ReadableDatabase, ReadableTable, StorageError, WriteTransaction};

use super::StoreError;
use super::changes::Changes;
use super::engine::{Engine, Reader, Span};
use super::error::make_directory;
use super::outage::Outage;
use handle::Handle;
use tables::{ENTRIES, apply, is_broken, last_commit};

/// One thread's access to the database.
#[derive(Clone)]
pub(super) struct Redb {
    handle: Arc<Handle>,
    outage: Outage,
    /// The number of the commit that is, or was last, to be made.
    commit: u64,
}

pub(super) fn open(path: &Path) -> Result<Redb, StoreError> {
    make_directory(path)?;
    let handle = Arc::new(Handle::open(path)?);
    Ok(Redb { handle, outage: Outage::default(), commit: 0 })
}

impl Redb {
    /// Whether there was something to commit, and it is durable.
    fn try_write(
        &mut self,
        work: &mut dyn FnMut(&dyn Reader) -> Changes,
    ) -> Result<bool, StoreError> {
        let database = self.handle.database()?;
        let (tx, commit) = match prepare(&database, work) {
            Ok(Some(prepared)) => prepared,
            Ok(None) => return Ok(false),
            Err(error) => return Err(self.failed(&database, error)),
        };
        self.commit = commit;
        let committed = tx.commit().map_err(redb::Error::from);
        committed.map(|()| true).map_err(|error| {
            self.handle.close(&database);
            // From here on, an error no longer means that nothing was changed.
            StoreError::unsettled(error)
        })
    }

    fn failed(&self, database: &Arc<Database>, error: redb::Error) -> StoreError {
        if is_broken(&error) {
            self.handle.close(database);
        }
        error.into()
    }
}

/// Runs the work and makes its changes, up to the commit; nothing if there are none.
fn prepare(
    database: &Database,
    work: &mut dyn FnMut(&dyn Reader) -> Changes,
) -> Result<Option<(WriteTransaction, u64)>, redb::Error> {
    let tx = database.begin_write()?;
    let changes = {
        let table = tx.open_table(ENTRIES)?;
        let snapshot = Snapshot::new(&table);
        let changes = work(&snapshot);
        snapshot.check()?;
        changes
    };
    // A commit is a flush to disk: a batch that changes nothing is spared it.
    if changes.is_empty() {
        return Ok(None);
    }
    let commit = apply(&tx, &changes)?;
    Ok(Some((tx, commit)))
}

fn read(database: &Database, work: &mut dyn FnMut(&dyn Reader)) -> Result<(), redb::Error> {
    let table = database.begin_read()?.open_table(ENTRIES)?;
    let snapshot = Snapshot::new(&table);
    work(&snapshot);
    snapshot.check()
}

impl Engine for Redb {
    fn write(&mut self, work: &mut dyn FnMut(&dyn Reader) -> Changes) -> Result<(), StoreError> {
        let outcome = self.try_write(work);
        // A batch that wrote nothing says nothing about the file.
        if !matches!(outcome, Ok(false)) {
            self.outage.note(self.handle.path(), &outcome);
        }
        outcome.map(drop)
    }

    /// The number of the last commit in the file tells whether the one in doubt happened.
    fn settle(&mut self) -> Result<(), StoreError> {
        let database = self.handle.database().map_err(StoreError::unsettled)?;
        match last_commit(&database) {
            Ok(last) if last == self.commit => Ok(()),
            Ok(_) => Err(StoreError::unavailable("its file failed during the commit")),
            Err(error) => Err(StoreError::unsettled(self.failed(&database, error))),
        }
    }

    fn read(&mut self, work: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError> {
        let database = self.handle.database()?;
        let outcome = read(&database, work).map_err(|error| self.failed(&database, error));
        self.outage.note(self.handle.path(), &outcome);
        outcome
    }
}

struct Snapshot<'a, T> {
    table: &'a T,
    /// Whether the file failed: what was read so far may have been turned into a refusal.
    is_broken: Cell<bool>,
}

impl<'a, T> Snapshot<'a, T> {
    fn new(table: &'a T) -> Self {
        Self { table, is_broken: Cell::new(false) }
    }

    fn noted<V>(&self, outcome: Result<V, StorageError>) -> Result<V, StoreError> {
        outcome.map_err(|error| {
            let error = redb::Error::from(error);
            self.is_broken.set(self.is_broken.get() || is_broken(&error));
            error.into()
        })
    }

    fn check(&self) -> Result<(), redb::Error> {
        if self.is_broken.get() { Err(redb::Error::PreviousIo) } else { Ok(()) }
    }
}

impl<T: ReadableTable<&'static str, &'static str>> Reader for Snapshot<'_, T> {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.noted(self.table.get(key))?.map(|value| value.value().to_owned()))
    }

    fn scan(
        &self,
        span: &Span,
        visit: &mut dyn FnMut(&str, &str) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        for entry in self.noted(self.table.range::<&str>(span.from.as_str()..span.to.as_str()))? {
            let (key, value) = self.noted(entry)?;
            if visit(key.value(), value.value()).is_break() {
                break;
            }
        }
        Ok(())
    }
}

//! The redb engine. Every commit is flushed to disk, which the writer's batches make cheap.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable, StorageError, TableDefinition,
};

use super::StoreError;
use super::changes::Changes;
use super::engine::{Engine, Reader, Span};
use super::error::make_directory;

const ENTRIES: TableDefinition<'_, &str, &str> = TableDefinition::new("entries");
/// redb's own default is a gigabyte.
const CACHE_BYTES: usize = 2 << 20;
/// How long a predecessor that is being killed may still hold the file.
const HANDOVER: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub(super) struct Redb(Arc<Database>);

pub(super) fn open(path: &Path) -> Result<Redb, StoreError> {
    make_directory(path)?;
    let deadline = Instant::now() + HANDOVER;
    let database = loop {
        match Database::builder().set_cache_size(CACHE_BYTES).create(path) {
            Ok(database) => break database,
            // A killed predecessor's lock goes with its process, a moment after its
            // successor has started.
            Err(DatabaseError::DatabaseAlreadyOpen) if Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(20));
            }
            Err(error) => return Err(refused(path, error)),
        }
    };
    make_table(&database).map_err(|error| StoreError::unwritable(path, error))?;
    Ok(Redb(Arc::new(database)))
}

/// Readers cannot make the table; and a file that cannot be written is found out before the
/// service is ready.
fn make_table(database: &Database) -> Result<(), StoreError> {
    let tx = database.begin_write()?;
    drop(tx.open_table(ENTRIES)?);
    Ok(tx.commit()?)
}

fn refused(path: &Path, error: DatabaseError) -> StoreError {
    match &error {
        DatabaseError::DatabaseAlreadyOpen => StoreError::Locked { path: path.to_owned() },
        DatabaseError::Storage(StorageError::Io(cause))
            // redb reports a file of another format as invalid data; everything else is
            // the file system's.
            if cause.kind() != io::ErrorKind::InvalidData =>
        {
            StoreError::unwritable(path, error)
        }
        _ => StoreError::corrupt(path, error),
    }
}

impl Engine for Redb {
    fn write(&mut self, work: &mut dyn FnMut(&dyn Reader) -> Changes) -> Result<(), StoreError> {
        let tx = self.0.begin_write()?;
        {
            let mut table = tx.open_table(ENTRIES)?;
            let changes = work(&Snapshot(&table));
            // A commit is a flush to disk: a batch that changes nothing is spared it.
            if changes.is_empty() {
                return Ok(());
            }
            for (key, value) in changes.iter() {
                match value {
                    Some(value) => drop(table.insert(key, value)?),
                    None => drop(table.remove(key)?),
                }
            }
        }
        Ok(tx.commit()?)
    }

    fn read(&mut self, work: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError> {
        let table = self.0.begin_read()?.open_table(ENTRIES)?;
        work(&Snapshot(&table));
        Ok(())
    }
}

struct Snapshot<'a, T>(&'a T);

impl<T: ReadableTable<&'static str, &'static str>> Reader for Snapshot<'_, T> {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.0.get(key)?.map(|value| value.value().to_owned()))
    }

    fn scan(
        &self,
        span: &Span,
        visit: &mut dyn FnMut(&str, &str) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        for entry in self.0.range::<&str>(span.from.as_str()..span.to.as_str())? {
            let (key, value) = entry?;
            if visit(key.value(), value.value()).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl From<redb::TransactionError> for StoreError {
    fn from(error: redb::TransactionError) -> Self {
        Self::engine(error)
    }
}

impl From<redb::TableError> for StoreError {
    fn from(error: redb::TableError) -> Self {
        Self::engine(error)
    }
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        Self::engine(error)
    }
}

impl From<redb::CommitError> for StoreError {
    fn from(error: redb::CommitError) -> Self {
        Self::engine(error)
    }
}

//! The tables of a store in redb.

use redb::{
    Database, ReadableDatabase, ReadableTable, StorageError, TableDefinition, WriteTransaction,
};

use crate::store::StoreError;
use crate::store::changes::Changes;

pub(super) const ENTRIES: TableDefinition<'_, &str, &str> = TableDefinition::new("entries");
/// One row: the number of the last commit. It tells whether a commit happened whose end was lost.
const COMMITS: TableDefinition<'_, (), u64> = TableDefinition::new("commits");

/// Readers cannot make the tables; and a file that cannot be written is found out before the
/// service is ready.
pub(super) fn make_tables(database: &Database) -> Result<(), redb::Error> {
    let tx = database.begin_write()?;
    drop(tx.open_table(ENTRIES)?);
    drop(tx.open_table(COMMITS)?);
    Ok(tx.commit()?)
}

/// The number of the last commit; 0 before the first.
pub(super) fn last_commit(database: &Database) -> Result<u64, redb::Error> {
    number(&database.begin_read()?.open_table(COMMITS)?)
}

/// Makes the changes and numbers their commit; gives the number.
pub(super) fn apply(tx: &WriteTransaction, changes: &Changes) -> Result<u64, redb::Error> {
    let mut entries = tx.open_table(ENTRIES)?;
    for (key, value) in changes.iter() {
        match value {
            Some(value) => drop(entries.insert(key, value)?),
            None => drop(entries.remove(key)?),
        }
    }
    let mut commits = tx.open_table(COMMITS)?;
    let next = number(&commits)? + 1;
    commits.insert((), next)?;
    Ok(next)
}

fn number(commits: &impl ReadableTable<(), u64>) -> Result<u64, redb::Error> {
    Ok(commits.get(())?.map_or(0, |number| number.value()))
}

/// Whether the file has failed, so that the database must be opened again.
pub(super) fn is_broken(error: &redb::Error) -> bool {
    use redb::Error::{DatabaseClosed, Io, LockPoisoned, PreviousIo};
    matches!(error, Io(_) | PreviousIo | DatabaseClosed | LockPoisoned(_))
}

impl From<redb::Error> for StoreError {
    fn from(error: redb::Error) -> Self {
        if is_broken(&error) { Self::unavailable(error) } else { Self::engine(error) }
    }
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        redb::Error::from(error).into()
    }
}

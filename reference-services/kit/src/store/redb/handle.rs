//! The open database, which is closed after an error of its file and opened again.
//!
//! redb refuses all work once a read or write of the file has failed, as after a full disk. What is
//! in the file is as the last commit left it, so opening it again is all that is needed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use redb::{Database, DatabaseError, StorageError};

use super::tables::make_tables;
use crate::store::StoreError;

/// redb's own default is a gigabyte.
const CACHE_BYTES: usize = 2 << 20;
/// How long a predecessor that is being killed may still hold the file.
const HANDOVER: Duration = Duration::from_secs(5);
/// The least time between two tries to open the file again: each may have to repair it.
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// The database, or when to open it again.
enum State {
    Open(Arc<Database>),
    Closed { tried: Instant },
}

/// The database of both threads of a store.
pub(super) struct Handle {
    path: PathBuf,
    state: Mutex<State>,
}

impl Handle {
    /// Opens the file, or makes it.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let deadline = Instant::now() + HANDOVER;
        let database = loop {
            match create(path) {
                Ok(database) => break database,
                // A killed predecessor's lock goes with its process, a moment after its
                // successor has started.
                Err(DatabaseError::DatabaseAlreadyOpen) if Instant::now() < deadline => {
                    thread::sleep(Duration::from_millis(20));
                }
                Err(error) => return Err(refused(path, error)),
            }
        };
        make_tables(&database).map_err(|error| StoreError::unwritable(path, error))?;
        let state = Mutex::new(State::Open(Arc::new(database)));
        Ok(Self { path: path.to_owned(), state })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The open database. One that was closed is opened again first.
    pub(super) fn database(&self) -> Result<Arc<Database>, StoreError> {
        let mut state = self.state();
        match &*state {
            State::Open(database) => return Ok(Arc::clone(database)),
            State::Closed { tried } if tried.elapsed() < BETWEEN_TRIES => {
                return Err(StoreError::unavailable("its file failed a moment ago"));
            }
            State::Closed { .. } => {}
        }
        *state = State::Closed { tried: Instant::now() };
        let database = create(&self.path).map_err(StoreError::unavailable)?;
        make_tables(&database).map_err(StoreError::unavailable)?;
        let database = Arc::new(database);
        *state = State::Open(Arc::clone(&database));
        Ok(database)
    }

    /// Closes a database whose file has failed, unless the other thread has done so. The file is
    /// free once both threads have let go of it.
    pub(super) fn close(&self, failed: &Arc<Database>) {
        let mut state = self.state();
        if matches!(&*state, State::Open(current) if Arc::ptr_eq(current, failed)) {
            // At once: most often the reason has gone with the failed work.
            let tried = Instant::now().checked_sub(BETWEEN_TRIES).unwrap_or_else(Instant::now);
            *state = State::Closed { tried };
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn create(path: &Path) -> Result<Database, DatabaseError> {
    Database::builder().set_cache_size(CACHE_BYTES).create(path)
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

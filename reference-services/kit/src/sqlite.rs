//! Opening a SQLite file that several processes share.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use crate::config::Guard;

/// How long to wait for another process's transaction: far longer than any takes.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause between tries for the lock. SQLite's own pauses grow to a tenth of a second, a hundred
/// times what a transaction takes.
const PAUSE: Duration = Duration::from_millis(1);
const PAUSES: i32 = 5_000;

/// Opens the file and creates its tables with `schema`, in one write transaction: so a file that
/// cannot be written is found before the service is ready.
///
/// The switch to WAL mode is refused at once, whatever the busy timeout, while another process
/// makes it; services start at the same time, hence the retries.
pub(crate) fn open(path: &Path, schema: &str, durable: Guard) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open(path)?;
    // Set before the first statement: already the change to WAL mode may meet another process.
    connection.busy_handler(Some(|pauses| {
        thread::sleep(PAUSE);
        pauses < PAUSES
    }))?;
    // 512 KiB of cache: the default of 2 MB for each connection would be most of what a service
    // uses.
    let synchronous = synchronous(durable);
    let script = format!(
        "PRAGMA cache_size = -512;
         PRAGMA synchronous = {synchronous};
         PRAGMA journal_mode = WAL;
         BEGIN IMMEDIATE;
         {schema}
         COMMIT;"
    );
    let deadline = Instant::now() + PATIENCE;
    loop {
        match connection.execute_batch(&script) {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                // The script may have failed after its BEGIN; without a rollback the next try would
                // begin within that transaction.
                if !connection.is_autocommit() {
                    connection.execute_batch("ROLLBACK")?;
                }
                thread::sleep(PAUSE);
            }
            outcome => return outcome.map(|()| connection),
        }
    }
}

/// FULL flushes each commit. NORMAL flushes at checkpoints only, so the death of the machine may
/// lose the last commits; that of a process loses none either way.
pub(crate) fn synchronous(durable: Guard) -> &'static str {
    match durable {
        Guard::On => "FULL",
        Guard::Off => "NORMAL",
    }
}

/// Whether another process holds a lock.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_durable_file_is_flushed_with_each_commit() {
        let directory = tempfile::TempDir::new().unwrap();
        let level = |durable| -> i64 {
            let db = open(&directory.path().join("own.db"), "", durable).unwrap();
            db.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap()
        };
        // SQLite's numbers of FULL and NORMAL.
        assert_eq!((level(Guard::On), level(Guard::Off)), (2, 1));
    }
}

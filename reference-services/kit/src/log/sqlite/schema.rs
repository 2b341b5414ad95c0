//! The tables of the log.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

/// How long to wait for another process's transaction: far longer than any takes.
const BUSY: Duration = Duration::from_secs(5);

const TABLES: &str = "
    PRAGMA cache_size = -512;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_mode = WAL;
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS records (
        topic TEXT NOT NULL, part INTEGER NOT NULL, off INTEGER NOT NULL,
        key TEXT NOT NULL, value BLOB NOT NULL, headers TEXT NOT NULL,
        PRIMARY KEY (topic, part, off)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS members (
        grp TEXT NOT NULL, topic TEXT NOT NULL, member TEXT NOT NULL, beat INTEGER NOT NULL,
        PRIMARY KEY (grp, topic, member)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS leases (
        grp TEXT NOT NULL, topic TEXT NOT NULL, part INTEGER NOT NULL,
        member TEXT, generation INTEGER NOT NULL, committed INTEGER NOT NULL,
        PRIMARY KEY (grp, topic, part)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS epochs (
        grp TEXT NOT NULL, topic TEXT NOT NULL, epoch INTEGER NOT NULL,
        PRIMARY KEY (grp, topic)) WITHOUT ROWID;
    COMMIT;";

/// Opens the file and makes the tables. All services of a system do so at the same time, and the change to WAL mode is
/// refused at once, whatever the busy timeout, while another makes it: hence the retries.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    let deadline = Instant::now() + BUSY;
    loop {
        match connection.execute_batch(TABLES) {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                if !connection.is_autocommit() {
                    connection.execute_batch("ROLLBACK")?;
                }
                thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome.map(|()| connection),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

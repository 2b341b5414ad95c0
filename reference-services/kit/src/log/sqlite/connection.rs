//! The log's connection, on a thread of its own: SQLite blocks, and the services run on few
//! threads.

use std::path::Path;
use std::sync::mpsc;
use std::thread;

use tokio::sync::oneshot;

use super::schema;
use crate::log::LogError;
use crate::sqlite;

type Job = Box<dyn FnOnce(&mut rusqlite::Connection) + Send>;

/// Nothing here recurses.
// Less than the default of 2 MiB: the services are to fit several times into one machine's memory.
const STACK_BYTES: usize = 512 << 10;

#[derive(Clone)]
pub(super) struct Connection(mpsc::Sender<Job>);

impl Connection {
    pub(super) fn open(path: &Path) -> Result<Self, LogError> {
        let mut db = sqlite::open(path, schema::TABLES)?;
        let (sender, jobs) = mpsc::channel::<Job>();
        thread::Builder::new()
            .name("event-log".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || jobs.iter().for_each(|job| job(&mut db)))
            .map_err(LogError::failed)?;
        Ok(Self(sender))
    }

    pub(super) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut rusqlite::Connection) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |db| drop(reply.send(work(db))));
        self.0.send(job).map_err(|_| LogError::Closed)?;
        // A dropped reply means that the thread has ended.
        answer.await.map_err(|_| LogError::Closed)?
    }
}

//! The log's connection, on a thread of its own: SQLite blocks, and the services run on few
//! threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use tokio::sync::{oneshot, watch};

use super::schema;
use crate::config::Guard;
use crate::log::LogError;
use crate::sqlite;

type Job = Box<dyn FnOnce(&mut rusqlite::Connection) + Send>;

/// Nothing here recurses.
// Less than the default of 2 MiB: the services are to fit several times into one machine's memory.
const STACK_BYTES: usize = 512 << 10;

#[derive(Clone)]
pub(super) struct Connection {
    jobs: mpsc::Sender<Job>,
    /// Closed when the thread has ended.
    life: watch::Receiver<()>,
}

impl Connection {
    pub(super) fn open(path: &Path) -> Result<Self, LogError> {
        let db = sqlite::open(path, schema::TABLES, Guard::Off)?;
        let (sender, jobs) = mpsc::channel::<Job>();
        let (lives, life) = watch::channel(());
        thread::Builder::new()
            .name("event-log".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                // Dropped at the thread's end, also when that is a panic, and after the file is
                // closed.
                let (_lives, mut db) = (lives, db);
                jobs.iter().for_each(|job| run(job, &mut db));
            })
            .map_err(LogError::failed)?;
        Ok(Self { jobs: sender, life })
    }

    pub(super) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut rusqlite::Connection) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |db| drop(reply.send(work(db))));
        self.jobs.send(job).map_err(|_| LogError::Closed)?;
        // A dropped reply means that the thread has ended.
        answer.await.map_err(|_| LogError::Closed)?
    }

    /// Tells when the thread has ended; it does once the last connection is dropped.
    pub(super) fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut life = self.life.clone();
        async move { drop(life.changed().await) }
    }
}

/// A job that panics is rolled back, and its caller gets no answer; the thread goes on.
fn run(job: Job, db: &mut rusqlite::Connection) {
    if catch_unwind(AssertUnwindSafe(|| job(db))).is_err() {
        tracing::error!("a transaction of the event log panicked; it changed nothing");
    }
}

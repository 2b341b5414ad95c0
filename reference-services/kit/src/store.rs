//! A service's own store: documents, outbox, inbox and remembered answers, changed together in one
//! transaction.
//!
//! Three engines stand behind it: SQLite, redb and PostgreSQL. Each keeps one ordered table of text
//! keys and JSON values, so that everything above them is the same. All work runs on three threads
//! of the store's own: one writes, and takes what is waiting into one commit; one reads from a
//! snapshot; and one reads pages that cost more the more there is, so that nothing else waits for
//! those.

mod changes;
mod documents;
mod engine;
mod error;
mod layered;
mod lease;
mod outage;
#[cfg(feature = "postgres")]
mod postgres;
mod redb;
mod sqlite;
mod tx;
mod view;
mod worker;

use std::future::Future;
use std::path::Path;
use std::sync::mpsc;
use std::time::Instant;

use tokio::sync::oneshot;

pub use documents::Document;
pub use error::StoreError;
pub(crate) use lease::{Lease, RENEW};
pub use tx::{OutboxRow, Tx};
pub use view::View;

use crate::config::Guard;
use crate::outbox::Outbox;
use crate::page::{Page, PageRequest};
use engine::{Engine, Reader};
use worker::{LONGEST_WAIT, Life, ReadJob, WriteJob};

/// Which engine keeps a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A SQLite file. Several processes may share it.
    Sqlite,
    /// A redb file. One process at a time holds it.
    Redb,
}

impl Kind {
    /// The extension of its files.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Sqlite => "db",
            Self::Redb => "redb",
        }
    }
}

/// A handle to a service's own store. Clones share it; it closes when the last one is dropped.
#[derive(Clone)]
pub struct Store {
    writer: mpsc::Sender<WriteJob>,
    reader: mpsc::Sender<ReadJob>,
    /// Reads pages that are not read in a bounded time.
    pager: mpsc::SyncSender<ReadJob>,
    /// Of the three threads.
    lives: [Life; 3],
    outbox: Outbox,
}

impl Store {
    /// Opens the file at `path`, or creates it. What a killed process left behind is recovered.
    ///
    /// # Errors
    /// When the file cannot be written, is not a store of this kind, or stays locked
    /// by another process.
    pub fn open(path: &Path, kind: Kind, outbox: Outbox) -> Result<Self, StoreError> {
        Self::open_as(path, kind, outbox, Guard::On)
    }

    /// The same, but without `durable` a SQLite file is not flushed with each commit: a loss of
    /// power may lose the last ones. A redb file always is.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub fn open_as(
        path: &Path,
        kind: Kind,
        outbox: Outbox,
        durable: Guard,
    ) -> Result<Self, StoreError> {
        let engines: [Box<dyn Engine>; 3] = match kind {
            Kind::Sqlite => {
                let open = || sqlite::open(path, durable);
                [Box::new(open()?), Box::new(open()?), Box::new(open()?)]
            }
            Kind::Redb => {
                let engine = redb::open(path)?;
                [Box::new(engine.clone()), Box::new(engine.clone()), Box::new(engine)]
            }
        };
        Self::start(engines, outbox)
    }

    /// Connects to a PostgreSQL database and keeps the store in a schema of it, which is made if it
    /// is not there. A server that is down is waited for; until then all work is refused.
    ///
    /// # Errors
    /// When the URL cannot be read, or the server refuses.
    #[cfg(feature = "postgres")]
    pub fn connect(url: &str, schema: &str, outbox: Outbox) -> Result<Self, StoreError> {
        let [writer, reader, pager] = postgres::open(url, schema)?;
        Self::start([Box::new(writer), Box::new(reader), Box::new(pager)], outbox)
    }

    /// This program was built without PostgreSQL.
    ///
    /// # Errors
    /// Always: there is no engine for it.
    #[cfg(not(feature = "postgres"))]
    pub fn connect(_url: &str, _schema: &str, _outbox: Outbox) -> Result<Self, StoreError> {
        let source = crate::source::source("this program was built without the feature `postgres`");
        Err(StoreError::Unusable { place: "on PostgreSQL".to_owned(), source })
    }

    /// With an engine for each of the threads: the writer's, the reader's and the pager's.
    fn start(engines: [Box<dyn Engine>; 3], outbox: Outbox) -> Result<Self, StoreError> {
        let [writer, reader, pager] = engines;
        let (reader, reads) = worker::read_thread(reader)?;
        let (pager, pages) = worker::page_thread(pager)?;
        let (writer, writes) = worker::write_thread(writer, [reads.clone(), pages.clone()])?;
        Ok(Self { writer, reader, pager, lives: [writes, reads, pages], outbox })
    }

    /// Tells when a thread of the store has ended, which only a defect can cause while there is a
    /// handle: all work is refused then until the process is restarted.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let [mut writes, mut reads, mut pages] = self.lives.clone();
        async move {
            tokio::select! {
                _ = writes.changed() => {}
                _ = reads.changed() => {}
                _ = pages.changed() => {}
            }
        }
    }

    /// Tells when all threads have ended and the files are closed, which they are once the last
    /// handle is dropped.
    pub fn closed(&self) -> impl Future<Output = ()> + Send + use<> {
        let lives = self.lives.clone();
        async move {
            for mut life in lives {
                drop(life.changed().await);
            }
        }
    }

    /// Runs `work` in a transaction: all of its changes are durable when this returns `Ok`, and
    /// none were made when it returns `Err`.
    ///
    /// # Errors
    /// What `work` refuses, or why the store could not commit.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let outbox = self.outbox.clone();
        let job: WriteJob = Box::new(move |reader, batch| {
            let mut tx = Tx::begin(reader, batch, outbox);
            let result = work(&mut tx);
            let (changes, hooks) = tx.end();
            let hooks = if result.is_ok() {
                batch.absorb(changes);
                hooks
            } else {
                Vec::new()
            };
            Box::new(move |committed| {
                let result = match committed {
                    Ok(()) => {
                        hooks.into_iter().for_each(|hook| hook());
                        result
                    }
                    Err(error) => result.and(Err(E::from(error))),
                };
                drop(reply.send(result));
            })
        });
        self.writer.send(job).map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs `work` on a snapshot of what is committed.
    ///
    /// # Errors
    /// What `work` refuses, or why the store could not be read.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&View<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: ReadJob =
            Box::new(move |reader: &dyn Reader| drop(reply.send(work(&View::new(reader)))));
        self.reader.send(job).map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// One page of a collection, from a snapshot of what is committed: by id, or sorted by a field
    /// with ids to break ties.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when so many large pages are asked for that this one would have to wait
    /// for long, or why the store could not be read.
    pub async fn page<T>(&self, request: PageRequest) -> Result<Page<T>, StoreError>
    where
        T: Document + Send + 'static,
    {
        if !request.reads_much() {
            return self.read(move |view: &View<'_>| view.page(&request)).await;
        }
        let (reply, answer) = oneshot::channel();
        let job = page_job(request, Instant::now(), reply);
        self.pager.try_send(job).map_err(|error| match error {
            mpsc::TrySendError::Full(_) => StoreError::Busy,
            mpsc::TrySendError::Disconnected(_) => StoreError::Closed,
        })?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

/// Reads a page that was asked for at this time, unless that is too long ago by then.
fn page_job<T>(
    request: PageRequest,
    asked: Instant,
    reply: oneshot::Sender<Result<Page<T>, StoreError>>,
) -> ReadJob
where
    T: Document + Send + 'static,
{
    Box::new(move |reader: &dyn Reader| {
        // Nobody reads the answer to a client that has gone.
        if reply.is_closed() {
            return;
        }
        let page = match asked.elapsed() > LONGEST_WAIT {
            true => Err(StoreError::Busy),
            false => View::new(reader).page(&request),
        };
        drop(reply.send(page));
    })
}

#[cfg(test)]
mod tests;

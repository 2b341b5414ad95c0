//! The PostgreSQL engine, which lets a service have many replicas.
//!
//! A batch holds the store's advisory lock from its first read to its commit, so that batches of
//! all replicas come one after the other. Optimistic transactions would not do better: every batch
//! counts ids and outbox rows up, so any two at the same time conflict; and a batch cannot be made
//! a second time, as its commands have been answered by then.

mod error;
mod keys;
mod server;
mod session;

use std::ops::ControlFlow;

use super::StoreError;
use super::changes::Changes;
use super::engine::{Engine, Reader, Span};
use server::Server;
use session::Session;

/// Three connections of one replica: one writes, one reads, one reads large pages. Each is made
/// when it is first needed.
pub(super) fn open(url: &str, schema: &str) -> Result<[Postgres; 3], StoreError> {
    let server = Server::parse(url, schema)?;
    let mut writer = Postgres::new(server.clone());
    // The library waits by a runtime of its own, which it cannot within another.
    let opened = std::thread::spawn(move || writer.open().map(|()| writer)).join();
    let writer = opened.map_err(|_| StoreError::Closed)??;
    Ok([writer, Postgres::new(server.clone()), Postgres::new(server)])
}

pub(super) struct Postgres {
    server: Server,
    session: Option<Session>,
    /// This replica's key for the marker of its last commit.
    writer: String,
    /// The number of the batch that is, or was last, to be committed.
    batch: i64,
}

impl Postgres {
    fn new(server: Server) -> Self {
        Self { server, session: None, writer: uuid::Uuid::now_v7().to_string(), batch: 0 }
    }

    /// A server that is down is no reason not to start; one that refuses is.
    fn open(&mut self) -> Result<(), StoreError> {
        // A server that is down may come back; a wrong password or a missing database will not, and
        // the service should say so at its start.
        match self.session() {
            Ok(_) | Err(StoreError::Unavailable(_)) => Ok(()),
            Err(error) => Err(self.server.unusable(error)),
        }
    }

    fn session(&mut self) -> Result<&mut Session, StoreError> {
        // The library notices a closed connection only by itself; a session that it knows to be
        // closed is replaced before use.
        let usable = self.session.take().filter(|session| !session.is_closed());
        let session = match usable {
            Some(session) => session,
            None => self.server.connect()?,
        };
        Ok(self.session.insert(session))
    }

    /// An error within a transaction ends it, and its connection: the next one starts clean.
    fn give_up<T>(&mut self, error: StoreError) -> Result<T, StoreError> {
        self.session = None;
        Err(error)
    }

    /// Does everything up to the commit: until then nothing can have been changed.
    fn prepare(
        &mut self,
        work: &mut dyn FnMut(&dyn Reader) -> Changes,
    ) -> Result<bool, StoreError> {
        let (writer, batch) = (self.writer.clone(), self.batch + 1);
        let session = self.session()?;
        session.begin_alone()?;
        let snapshot = Snapshot(session);
        let changes = work(&snapshot);
        if let Some(error) = session.failure() {
            return Err(error);
        }
        // A batch that changes nothing needs no marker and no flush.
        if changes.is_empty() {
            session.roll_back()?;
            return Ok(false);
        }
        session.apply(&changes)?;
        // In the same transaction as the changes: if the answer to the commit is lost, the marker
        // tells whether it happened.
        session.mark(&writer, batch)?;
        self.batch = batch;
        Ok(true)
    }
}

impl Engine for Postgres {
    fn write(&mut self, work: &mut dyn FnMut(&dyn Reader) -> Changes) -> Result<(), StoreError> {
        match self.prepare(work) {
            Ok(false) => Ok(()),
            Ok(true) => match self.session()?.commit() {
                Ok(()) => Ok(()),
                // From the commit on, an error no longer means that nothing was changed.
                Err(error) => self.give_up(StoreError::unsettled(error)),
            },
            Err(error) => self.give_up(error),
        }
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        let (writer, batch) = (self.writer.clone(), self.batch);
        let marked = self.session().and_then(|session| {
            // With the lock in hand, the transaction in question has ended one way or the other.
            session.begin_alone()?;
            let marked = session.marked(&writer)?;
            session.roll_back()?;
            Ok(marked)
        });
        match marked {
            Ok(marked) if marked == Some(batch) => Ok(()),
            Ok(_) => Err(StoreError::unavailable("the commit did not arrive; nothing was changed")),
            Err(error) => self.give_up(StoreError::unsettled(error)),
        }
    }

    fn read(&mut self, work: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError> {
        let outcome = self.session().and_then(|session| {
            session.begin_reading()?;
            work(&Snapshot(session));
            session.failure().map_or_else(|| session.roll_back(), Err)
        });
        outcome.or_else(|error| self.give_up(error))
    }
}

struct Snapshot<'a>(&'a Session);

impl Reader for Snapshot<'_> {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.0.get(key)
    }

    fn scan(
        &self,
        span: &Span,
        visit: &mut dyn FnMut(&str, &str) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            // In portions, by key rather than by offset: memory is bounded, and a portion costs the
            // same however far the scan is.
            let rows = self.0.some(span, after.as_deref())?;
            let more = rows.len() >= session::SOME;
            after = rows.last().map(|(key, _)| key.clone());
            for (key, value) in &rows {
                if visit(key, value).is_break() {
                    return Ok(());
                }
            }
            if !more {
                return Ok(());
            }
        }
    }
}

//! A transaction on a store.

use std::ops::ControlFlow;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use super::changes::Changes;
use super::documents::{self, Document};
use super::engine::{Reader, Span};
use super::layered::Layered;
use crate::event::Envelope;
use crate::outbox::Outbox;

pub(super) type Hook = Box<dyn FnOnce() + Send>;

/// A transaction: it sees its own changes, and they become durable together or not at all.
pub struct Tx<'a> {
    base: &'a dyn Reader,
    batch: &'a Changes,
    pub(super) own: Changes,
    hooks: Vec<Hook>,
    outbox: Outbox,
}

/// An event that waits in the outbox.
#[derive(Clone, Debug)]
pub struct OutboxRow {
    pub(crate) key: String,
    pub(crate) event: Envelope,
}

impl<'a> Tx<'a> {
    pub(super) fn begin(base: &'a dyn Reader, batch: &'a Changes, outbox: Outbox) -> Self {
        Self { base, batch, own: Changes::default(), hooks: Vec::new(), outbox }
    }

    pub(super) fn end(self) -> (Changes, Vec<Hook>) {
        (self.own, self.hooks)
    }

    pub(super) fn layers(&self) -> Layered<'_> {
        Layered { base: self.base, batch: self.batch, own: &self.own }
    }

    /// The next id of a collection, from 1. A transaction that is refused gives it back.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_id<T: Document>(&mut self) -> Result<i64, StoreError> {
        self.increment(documents::next_key::<T>(), 1)
    }

    /// An id for a document that may never be stored: the smallest released one, or the next.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn reserve_id<T: Document>(&mut self) -> Result<i64, StoreError> {
        let mut free = None;
        self.layers().scan(&Span::prefix(&documents::free_prefix::<T>()), &mut |key, _| {
            free = documents::id_of(key);
            ControlFlow::Break(())
        })?;
        // The smallest released id first: ids stay dense however many requests are refused.
        let Some(id) = free else {
            return self.next_id::<T>();
        };
        self.own.remove(documents::free_key::<T>(id));
        Ok(id)
    }

    /// Releases a reserved id that nobody has seen.
    pub fn release_id<T: Document>(&mut self, id: i64) {
        self.own.set(documents::free_key::<T>(id), String::new());
    }

    /// The document with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn get<T: Document>(&self, id: i64) -> Result<Option<T>, StoreError> {
        documents::get(&self.layers(), id)
    }

    /// The documents with this correlation value, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn find<T: Document>(&self, value: &str) -> Result<Vec<T>, StoreError> {
        documents::find(&self.layers(), value)
    }

    /// How many documents the collection has.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn count<T: Document>(&self) -> Result<i64, StoreError> {
        documents::number(&self.layers(), &documents::count_key::<T>())
    }

    /// Adds a document, or replaces the one with its id.
    ///
    /// # Errors
    /// When the store cannot be read, or the document does not serialize.
    pub fn put<T: Document>(&mut self, document: &T) -> Result<(), StoreError> {
        let id = document.id();
        // The count and the index follow the document in the same transaction, so that a page's
        // total needs no scan.
        match self.get::<T>(id)? {
            None => drop(self.increment(documents::count_key::<T>(), 1)?),
            Some(before) => self.unindex(&before),
        }
        if let Some(value) = document.correlation() {
            self.own.set(documents::index_key::<T>(&value, id), String::new());
        }
        self.own.set(documents::document_key::<T>(id), serde_json::to_string(document)?);
        Ok(())
    }

    /// Removes the document with this id, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn remove<T: Document>(&mut self, id: i64) -> Result<(), StoreError> {
        if let Some(before) = self.get::<T>(id)? {
            self.unindex(&before);
            self.own.remove(documents::document_key::<T>(id));
            self.increment(documents::count_key::<T>(), -1)?;
        }
        Ok(())
    }

    fn unindex<T: Document>(&mut self, before: &T) {
        if let Some(value) = before.correlation() {
            self.own.remove(documents::index_key::<T>(&value, before.id()));
        }
    }

    fn increment(&mut self, key: String, by: i64) -> Result<i64, StoreError> {
        let number = documents::number(&self.layers(), &key)? + by;
        self.own.set(key, number.to_string());
        Ok(number)
    }

    /// Publishes an event when, and only when, this transaction commits. With the outbox off it is
    /// sent after the commit from memory.
    ///
    /// # Errors
    /// When the store cannot be read, or the event does not serialize.
    pub fn publish(&mut self, event: Envelope) -> Result<(), StoreError> {
        let outbox = self.outbox.clone();
        match outbox {
            Outbox::Transactional(relay) => {
                // A counter rather than a timestamp: the relay sends in the order of the commits.
                let number = self.increment(documents::OUTBOX_NEXT.to_owned(), 1)?;
                self.own.set(documents::outbox_key(number), serde_json::to_string(&event)?);
                // Only after the commit: a relay that looks earlier would find nothing.
                self.after_commit(move || relay.wake());
            }
            Outbox::Buffered(producer) => self.after_commit(move || producer.send(event)),
        }
        Ok(())
    }

    pub(crate) fn sent(&mut self, rows: Vec<OutboxRow>) {
        rows.into_iter().for_each(|row| self.own.remove(row.key));
    }

    /// Whether an event with this id was received before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn was_received(&self, event_id: &str) -> Result<bool, StoreError> {
        Ok(self.layers().get(&documents::inbox_key(event_id))?.is_some())
    }

    /// Writes an event's id into the inbox.
    pub fn received(&mut self, event_id: &str) {
        // The key alone is the information.
        self.keep(documents::inbox_key(event_id), String::new());
    }

    /// Writes a row that [`Self::forget`] may remove later.
    fn keep(&mut self, key: String, value: String) {
        let now = Timestamp::now().as_millisecond();
        self.own.set(documents::kept_key(now, &key), String::new());
        self.own.set(key, value);
    }

    /// Forgets answers, and `events` says whether received events as well, that were written before
    /// a time, in milliseconds since 1970: the oldest `most` of them. Gives how many.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn forget(&mut self, before: i64, most: usize, events: bool) -> Result<usize, StoreError> {
        let mut found = Vec::new();
        // Only what is committed: the rows of this batch are too young to be forgotten.
        self.base.scan(&documents::kept_before(before), &mut |key, _| {
            if events || !documents::keeps_event(key) {
                found.push(key.to_owned());
            }
            if found.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        for key in &found {
            if let Some(kept) = documents::kept(key) {
                self.own.remove(kept.to_owned());
            }
            self.own.remove(key.clone());
        }
        Ok(found.len())
    }

    /// The answer that was given to a command with this idempotency key.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn answer<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let text = self.layers().get(&documents::answer_key(key))?;
        text.map(|text| Ok(serde_json::from_str(&text)?)).transpose()
    }

    /// Remembers the answer to a command with this idempotency key.
    ///
    /// # Errors
    /// When the answer does not serialize.
    pub fn remember<T: Serialize>(&mut self, key: &str, answer: &T) -> Result<(), StoreError> {
        self.keep(documents::answer_key(key), serde_json::to_string(answer)?);
        Ok(())
    }

    /// Calls `hook` on the store's thread once the transaction is durable. A kill in between
    /// loses the call.
    pub fn after_commit(&mut self, hook: impl FnOnce() + Send + 'static) {
        self.hooks.push(Box::new(hook));
    }
}

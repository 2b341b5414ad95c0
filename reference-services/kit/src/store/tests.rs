//! What every engine must do alike, and what only some have to.

mod files;
mod full_disk;
mod pages;
mod places;
#[cfg(feature = "postgres")]
mod postgres;
mod suite;
mod threads;

use http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::{Document, Store, StoreError, View};
use crate::event::{Cause, Envelope, Subject};
use crate::page::{Direction, PageRequest, Sort};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    id: i64,
    about: String,
    weight: i64,
}

impl Document for Note {
    const COLLECTION: &'static str = "notes";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.about.clone())
    }
}

#[derive(Debug)]
enum Refusal {
    OnPurpose,
    Store,
}

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        Self::Store
    }
}

fn note(id: i64, about: &str, weight: i64) -> Note {
    Note { id, about: about.into(), weight }
}

async fn add(store: &Store, about: &'static str, weight: i64) -> Note {
    let adding = store.write(move |tx| {
        let note = note(tx.next_id::<Note>()?, about, weight);
        tx.put(&note)?;
        Ok::<_, StoreError>(note)
    });
    adding.await.unwrap()
}

async fn page(store: &Store, request: PageRequest) -> (Vec<i64>, u64) {
    let page = store.page::<Note>(request).await.unwrap();
    (page.items.iter().map(|note| note.id).collect(), page.total)
}

fn by(field: &str, direction: Direction) -> PageRequest {
    PageRequest { page: 0, size: 10, sort: Some(Sort { field: field.into(), direction }) }
}

fn happened() -> Envelope {
    let subject = Subject { event_type: "Noted", aggregate_id: 1, version: 1 };
    Envelope::new(subject, &Cause::command(&HeaderMap::new()), &serde_json::json!({})).unwrap()
}

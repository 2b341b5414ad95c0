//! What both engines must do alike.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::{Document, Kind, Store, StoreError, View};
use crate::config::Guard;
use crate::event::{Cause, Envelope, Subject};
use crate::outbox::Outbox;
use crate::page::{Direction, PageRequest, Sort};

const KINDS: [Kind; 2] = [Kind::Sqlite, Kind::Redb];

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

fn open(directory: &Path, kind: Kind) -> Store {
    let (outbox, _) = Outbox::new(Guard::On);
    Store::open(&directory.join("own").with_extension(kind.extension()), kind, outbox).unwrap()
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
    let page = store.read(move |view: &View<'_>| view.page::<Note>(&request)).await.unwrap();
    (page.items.iter().map(|note| note.id).collect(), page.total)
}

fn by(field: &str, direction: Direction) -> PageRequest {
    PageRequest { page: 0, size: 10, sort: Some(Sort { field: field.into(), direction }) }
}

fn happened() -> Envelope {
    let subject = Subject { event_type: "Noted", aggregate_id: 1, version: 1 };
    Envelope::new(subject, &Cause::command(&HeaderMap::new()), &serde_json::json!({})).unwrap()
}

#[tokio::test]
async fn a_refused_command_burns_no_id_and_leaves_no_trace() {
    for kind in KINDS {
        let directory = TempDir::new().unwrap();
        let store = open(directory.path(), kind);
        let refused = store.write(|tx| {
            let id = tx.next_id::<Note>()?;
            tx.put(&note(id, "refused", 1))?;
            tx.publish(happened())?;
            tx.received("event");
            Err::<(), _>(Refusal::OnPurpose)
        });
        assert!(matches!(refused.await, Err(Refusal::OnPurpose)), "{kind:?}");
        assert_eq!(add(&store, "kept", 1).await.id, 1, "{kind:?}");
        assert_eq!(page(&store, by("id", Direction::Ascending)).await, (vec![1], 1), "{kind:?}");
        let (waiting, received) = store
            .write(|tx| Ok::<_, StoreError>((tx.find::<Note>("refused")?.len(), tx.was_received("event")?)))
            .await
            .unwrap();
        assert_eq!((waiting, received), (0, false), "{kind:?}");
        assert!(store.read(|view: &View<'_>| view.outbox(9)).await.unwrap().is_empty(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_reserved_id_that_came_to_nothing_is_taken_again() {
    let directory = TempDir::new().unwrap();
    for kind in KINDS {
        let store = open(directory.path(), kind);
        let reserve = || store.write(|tx| tx.reserve_id::<Note>());
        let ids = [reserve().await.unwrap(), reserve().await.unwrap(), reserve().await.unwrap()];
        assert_eq!(ids, [1, 2, 3]);
        for id in [3, 1] {
            let release = store.write(move |tx| {
                tx.release_id::<Note>(id);
                Ok::<_, StoreError>(())
            });
            release.await.unwrap();
        }
        let ids = [reserve().await.unwrap(), reserve().await.unwrap(), reserve().await.unwrap()];
        assert_eq!(ids, [1, 3, 4]);
    }
}

#[tokio::test]
async fn commands_at_the_same_time_see_each_other() {
    for kind in KINDS {
        let directory = TempDir::new().unwrap();
        let store = open(directory.path(), kind);
        add(&store, "counter", 0).await;
        let increments: Vec<_> = (0..200)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    let increment = store.write(|tx| {
                        let before = tx.get::<Note>(1)?.ok_or(StoreError::Closed)?;
                        tx.put(&Note { weight: before.weight + 1, ..before })
                    });
                    increment.await
                })
            })
            .collect();
        for increment in increments {
            increment.await.unwrap().unwrap();
        }
        let weight = store.read(|view: &View<'_>| view.get::<Note>(1)).await.unwrap().unwrap().weight;
        assert_eq!(weight, 200, "{kind:?}");
    }
}

#[tokio::test]
async fn documents_are_found_by_what_they_are_about() {
    for kind in KINDS {
        let directory = TempDir::new().unwrap();
        let store = open(directory.path(), kind);
        add(&store, "tea", 1).await;
        add(&store, "tea/green", 2).await;
        let coffee = add(&store, "coffee", 3).await;
        let found = store.read(|view: &View<'_>| view.find::<Note>("tea")).await.unwrap();
        assert_eq!(found, [note(1, "tea", 1)], "{kind:?}");
        let moved = store.write(move |tx| {
            tx.put(&Note { about: "tea".into(), ..coffee })?;
            Ok::<_, StoreError>((tx.find::<Note>("tea")?.len(), tx.find::<Note>("coffee")?.len()))
        });
        assert_eq!(moved.await.unwrap(), (2, 0), "{kind:?}");
        let removed = store.write(|tx| {
            tx.remove::<Note>(1)?;
            tx.remove::<Note>(99)?;
            Ok::<_, StoreError>((tx.find::<Note>("tea")?.len(), tx.count::<Note>()?))
        });
        assert_eq!(removed.await.unwrap(), (1, 2), "{kind:?}");
    }
}

#[tokio::test]
async fn pages_are_by_id_or_by_a_field() {
    for kind in KINDS {
        let directory = TempDir::new().unwrap();
        let store = open(directory.path(), kind);
        for (about, weight) in [("a", 20), ("b", 3), ("c", 100), ("d", 3)] {
            add(&store, about, weight).await;
        }
        let second = PageRequest { page: 1, size: 3, sort: None };
        assert_eq!(page(&store, second).await, (vec![4], 4), "{kind:?}");
        let beyond = PageRequest { page: u64::MAX, size: 1000, sort: None };
        assert_eq!(page(&store, beyond).await, (vec![], 4), "{kind:?}");
        assert_eq!(page(&store, by("weight", Direction::Ascending)).await.0, [2, 4, 1, 3], "{kind:?}");
        assert_eq!(page(&store, by("weight", Direction::Descending)).await.0, [3, 1, 2, 4], "{kind:?}");
        assert_eq!(page(&store, by("nothing", Direction::Descending)).await.0, [1, 2, 3, 4], "{kind:?}");
    }
}

#[tokio::test]
async fn everything_outlives_the_store() {
    for kind in KINDS {
        let directory = TempDir::new().unwrap();
        let store = open(directory.path(), kind);
        add(&store, "kept", 7).await;
        let wrote = store.write(|tx| {
            tx.publish(happened())?;
            tx.received("event");
            tx.remember("key", &true)
        });
        wrote.await.unwrap();
        drop(store);
        let store = open(directory.path(), kind);
        assert_eq!(add(&store, "next", 1).await.id, 2, "{kind:?}");
        assert_eq!(store.read(|view: &View<'_>| view.outbox(9)).await.unwrap().len(), 1, "{kind:?}");
        let known = store.write(|tx| {
            Ok::<_, StoreError>((
                tx.was_received("event")?,
                tx.answer::<bool>("key")?,
                tx.answer::<bool>("none")?,
            ))
        });
        assert_eq!(known.await.unwrap(), (true, Some(true), None), "{kind:?}");
    }
}

#[tokio::test]
async fn hooks_run_after_the_commit_and_only_then() {
    for kind in KINDS {
        let directory = TempDir::new().unwrap();
        let store = open(directory.path(), kind);
        let ran = Arc::new(AtomicU32::new(0));
        for refuse in [true, false] {
            let ran = Arc::clone(&ran);
            let wrote = store.write(move |tx| {
                tx.after_commit(move || {
                    ran.fetch_add(1, Ordering::SeqCst);
                });
                if refuse { Err(Refusal::OnPurpose) } else { Ok(()) }
            });
            assert_eq!(wrote.await.is_err(), refuse);
        }
        assert_eq!(ran.load(Ordering::SeqCst), 1, "{kind:?}");
    }
}

#[test]
fn a_file_that_is_no_store_is_named() {
    for kind in KINDS {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("own").with_extension(kind.extension());
        std::fs::write(&path, "this is a shopping list, and a long one at that: ".repeat(200)).unwrap();
        let (outbox, _) = Outbox::new(Guard::On);
        let error = Store::open(&path, kind, outbox).err().unwrap();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{kind:?}: {error}");
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    for kind in KINDS {
        let directory = TempDir::new().unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, "").unwrap();
        let (outbox, _) = Outbox::new(Guard::On);
        let error = Store::open(&file.join("own"), kind, outbox).err().unwrap();
        assert!(matches!(error, StoreError::Unwritable { .. }), "{kind:?}: {error}");
    }
}

#[tokio::test]
async fn two_processes_may_share_a_sqlite_store() {
    let directory = TempDir::new().unwrap();
    let (one, other) = (open(directory.path(), Kind::Sqlite), open(directory.path(), Kind::Sqlite));
    for turn in 1..=20 {
        let store = if turn % 2 == 0 { &one } else { &other };
        assert_eq!(add(store, "shared", turn).await.id, turn);
    }
    assert_eq!(page(&one, by("id", Direction::Ascending)).await.1, 20);
}

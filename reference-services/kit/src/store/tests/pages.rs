//! Pages that read much: what they give, and whom they keep waiting.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Deserializer, Serialize};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::places::Place;
use super::{Document, Note, Store, StoreError, View, by, note, page};
use crate::page::{Direction, Page, PageRequest};
use crate::store::page_job;
use crate::store::worker::LONGEST_WAIT;

const BOUND: Duration = Duration::from_secs(20);

/// Whether documents of [`Slow`] are to take until it is not.
static IS_SLOW: AtomicBool = AtomicBool::new(false);

/// A document whose reading takes as long as a test wants.
#[derive(Serialize)]
struct Slow {
    id: i64,
}

impl<'de> Deserialize<'de> for Slow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        while IS_SLOW.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        Note::deserialize(deserializer).map(|note| Self { id: note.id })
    }
}

impl Document for Slow {
    const COLLECTION: &'static str = "notes";

    fn id(&self) -> i64 {
        self.id
    }
}

async fn fill(store: &Store, number: i64) {
    let filling = store.write(move |tx| {
        for _ in 0..number {
            let id = tx.next_id::<Note>()?;
            tx.put(&note(id, "filled", id * 7919 % 10_007))?;
        }
        Ok::<_, StoreError>(())
    });
    filling.await.unwrap();
}

fn sorted() -> PageRequest {
    by("weight", Direction::Ascending)
}

#[tokio::test]
async fn a_page_that_takes_long_keeps_nothing_but_other_large_pages_waiting() {
    for place in [Place::sqlite(), Place::redb()] {
        let store = place.open();
        fill(&store, 30).await;
        IS_SLOW.store(true, Ordering::SeqCst);
        let mut slow = Vec::new();
        for _ in 0..8 {
            let store = store.clone();
            slow.push(tokio::spawn(async move { store.page::<Slow>(sorted()).await }));
        }
        let others = async {
            let read = store.read(|view: &View<'_>| view.get::<Note>(7)).await.unwrap();
            assert_eq!(read.map(|note| note.id), Some(7), "{place}");
            assert_eq!(page(&store, PageRequest::usual()).await.0, (1..=20).collect::<Vec<_>>());
            fill(&store, 1).await;
        };
        timeout(BOUND, others).await.expect("they wait for none of the large pages");
        assert!(slow.iter().all(|slow| !slow.is_finished()), "{place}");
        IS_SLOW.store(false, Ordering::SeqCst);
        for slow in slow {
            let page = timeout(BOUND, slow).await.unwrap().unwrap().unwrap();
            assert_eq!(page.items.len(), 10, "{place}");
        }
    }
}

#[tokio::test]
async fn a_page_that_has_waited_too_long_is_refused_and_so_is_one_too_many() {
    let store = Place::sqlite().open();
    fill(&store, 3).await;
    let (reply, answer) = oneshot::channel();
    let long_ago = Instant::now().checked_sub(LONGEST_WAIT * 2).unwrap();
    store.pager.send(page_job::<Note>(sorted(), long_ago, reply)).unwrap();
    let refused: Result<Page<Note>, _> = timeout(BOUND, answer).await.unwrap().unwrap();
    assert!(matches!(refused, Err(StoreError::Busy)));
    assert_eq!(page(&store, sorted()).await.1, 3, "one that comes now is served");
}

#[tokio::test]
async fn a_large_page_has_what_a_look_at_all_documents_gives() {
    for place in [Place::sqlite(), Place::redb()] {
        let store = place.open();
        // More than are kept while sorting.
        fill(&store, 5000).await;
        for round in 0..2 {
            let all = store.read(|view: &View<'_>| view.all::<Note>()).await.unwrap();
            let ids = |notes: &[Note], skip: usize, size: usize| -> Vec<i64> {
                notes.iter().skip(skip).take(size).map(|note| note.id).collect()
            };
            let mut ascending = all.clone();
            ascending.sort_by_key(|note| (note.weight, note.id));
            let mut descending = all.clone();
            descending.sort_by_key(|note| (-note.weight, note.id));
            for (number, size) in [(0, 10), (3, 7), (4, 1000), (249, 20), (9999, 20)] {
                let (skip, at) = (number as usize * size as usize, PageRequest::usual());
                let at = PageRequest { page: number, size, ..at };
                let total = all.len() as u64;
                let expected = (ids(&all, skip, size as usize), total);
                assert_eq!(page(&store, at.clone()).await, expected, "{place} {round} {at:?}");
                for (direction, notes) in
                    [(Direction::Ascending, &ascending), (Direction::Descending, &descending)]
                {
                    let at = PageRequest { page: number, size, ..by("weight", direction) };
                    let expected = (ids(notes, skip, size as usize), total);
                    assert_eq!(page(&store, at.clone()).await, expected, "{place} {round} {at:?}");
                }
            }
            // Without some of them, a page does not begin where its number says.
            let removing = store.write(|tx| {
                for id in [1, 2, 77, 4000] {
                    tx.remove::<Note>(id)?;
                }
                Ok::<_, StoreError>(())
            });
            removing.await.unwrap();
        }
    }
}

//! A store whose disk is full for a while.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::{Note, by, note, page};
use crate::config::Guard;
use crate::outbox::Outbox;
use crate::page::Direction;
use crate::small_disk::SmallDisk;
use crate::store::{Kind, Store, StoreError, View};

const BOUND: Duration = Duration::from_secs(20);

fn open(disk: &SmallDisk, kind: Kind) -> Store {
    let (outbox, _) = Outbox::new(Guard::On);
    Store::open(&disk.path().join("own").with_extension(kind.extension()), kind, outbox).unwrap()
}

/// Adds a note of some length; gives its id.
async fn add(store: Store) -> Result<i64, StoreError> {
    let adding = store.write(|tx| {
        let id = tx.next_id::<Note>()?;
        tx.put(&note(id, &"long ".repeat(1000), id))?;
        Ok::<_, StoreError>(id)
    });
    adding.await
}

/// Adds notes until five were not accepted. Who finds the disk full during a commit may have to
/// wait until it is known whether it happened; these are given back.
async fn add_to_a_full_disk(
    store: &Store,
    accepted: &mut BTreeSet<i64>,
) -> Vec<JoinHandle<Result<i64, StoreError>>> {
    let (mut refused, mut waiting) = (0, Vec::new());
    while refused + waiting.len() < 5 {
        let mut adding = tokio::spawn(add(store.clone()));
        match timeout(Duration::from_millis(500), &mut adding).await {
            Ok(answer) => match answer.unwrap() {
                // A file may have some room left within itself.
                Ok(id) => drop(accepted.insert(id)),
                Err(error) => {
                    assert!(error.is_outage(), "{error}");
                    refused += 1;
                }
            },
            Err(_) => waiting.push(adding),
        }
    }
    waiting
}

async fn is_as_after_nothing_but_the_accepted_commands(kind: Kind) {
    let disk = SmallDisk::mount(8);
    let store = open(&disk, kind);
    let mut accepted = BTreeSet::new();
    for _ in 0..3 {
        accepted.insert(add(store.clone()).await.unwrap());
        disk.fill();
        let filling = add_to_a_full_disk(&store, &mut accepted);
        let waiting = timeout(BOUND, filling).await.expect("the disk is full");
        disk.make_room();
        for one in waiting {
            let answer = timeout(BOUND, one).await.expect("there is an answer now").unwrap();
            accepted.extend(answer);
        }
        let healing = async {
            loop {
                if let Ok(id) = add(store.clone()).await {
                    break id;
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        accepted.insert(timeout(BOUND, healing).await.expect("the store heals by itself"));
    }
    let all = store.read(|view: &View<'_>| view.all::<Note>()).await.unwrap();
    assert_eq!(all.iter().map(|note| note.id).collect::<BTreeSet<_>>(), accepted, "{kind:?}");
    assert_eq!(accepted, (1..=accepted.len() as i64).collect(), "{kind:?}: no id is left out");
    drop(store);
    let (_, total) = page(&open(&disk, kind), by("id", Direction::Ascending)).await;
    assert_eq!(total, accepted.len() as u64, "{kind:?}: after a restart");
}

#[tokio::test]
#[ignore = "needs the right to mount: run as root, or within `unshare -rm`"]
async fn after_a_full_disk_sqlite_is_as_after_nothing_but_the_accepted_commands() {
    is_as_after_nothing_but_the_accepted_commands(Kind::Sqlite).await;
}

#[tokio::test]
#[ignore = "needs the right to mount: run as root, or within `unshare -rm`"]
async fn after_a_full_disk_redb_is_as_after_nothing_but_the_accepted_commands() {
    is_as_after_nothing_but_the_accepted_commands(Kind::Redb).await;
}

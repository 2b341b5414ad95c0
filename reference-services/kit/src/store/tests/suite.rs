//! What every store must do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::time::timeout;

use super::places::Place;
use super::{Note, Refusal, add, by, happened, note, page};
use crate::page::{Direction, PageRequest};
use crate::store::{Lease, Store, StoreError, Tx, View};

async fn a_refused_command_uses_up_no_id_and_leaves_no_trace(place: Place) {
    let store = place.open();
    let refused = store.write(|tx| {
        let id = tx.next_id::<Note>()?;
        tx.put(&note(id, "refused", 1))?;
        tx.publish(happened())?;
        tx.received("event");
        Err::<(), _>(Refusal::OnPurpose)
    });
    assert!(matches!(refused.await, Err(Refusal::OnPurpose)), "{place}");
    assert_eq!(add(&store, "kept", 1).await.id, 1, "{place}");
    assert_eq!(page(&store, by("id", Direction::Ascending)).await, (vec![1], 1), "{place}");
    let (waiting, received) = store
        .write(|tx| {
            Ok::<_, StoreError>((tx.find::<Note>("refused")?.len(), tx.was_received("event")?))
        })
        .await
        .unwrap();
    assert_eq!((waiting, received), (0, false), "{place}");
    assert!(store.read(|view: &View<'_>| view.outbox(9)).await.unwrap().is_empty(), "{place}");
}

async fn a_released_id_is_reserved_again(place: Place) {
    let store = place.open();
    let reserve =
        || store.write(|tx: &mut Tx<'_>| -> Result<i64, StoreError> { tx.reserve_id::<Note>() });
    let ids = [reserve().await.unwrap(), reserve().await.unwrap(), reserve().await.unwrap()];
    assert_eq!(ids, [1, 2, 3], "{place}");
    for id in [3, 1] {
        let release = store.write(move |tx| {
            tx.release_id::<Note>(id);
            Ok::<_, StoreError>(())
        });
        release.await.unwrap();
    }
    let ids = [reserve().await.unwrap(), reserve().await.unwrap(), reserve().await.unwrap()];
    assert_eq!(ids, [1, 3, 4], "{place}");
}

async fn concurrent_commands_see_each_others_changes(place: Place) {
    let store = place.open();
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
    assert_eq!(weight, 200, "{place}");
}

async fn documents_are_found_by_their_correlation(place: Place) {
    let store = place.open();
    add(&store, "tea", 1).await;
    add(&store, "tea/green", 2).await;
    let coffee = add(&store, "coffee", 3).await;
    let found = store.read(|view: &View<'_>| view.find::<Note>("tea")).await.unwrap();
    assert_eq!(found, [note(1, "tea", 1)], "{place}");
    let moved = store.write(move |tx| {
        tx.put(&Note { about: "tea".into(), ..coffee })?;
        Ok::<_, StoreError>((tx.find::<Note>("tea")?.len(), tx.find::<Note>("coffee")?.len()))
    });
    assert_eq!(moved.await.unwrap(), (2, 0), "{place}");
    let removed = store.write(|tx| {
        tx.remove::<Note>(1)?;
        tx.remove::<Note>(99)?;
        Ok::<_, StoreError>((tx.find::<Note>("tea")?.len(), tx.count::<Note>()?))
    });
    assert_eq!(removed.await.unwrap(), (1, 2), "{place}");
}

async fn pages_are_by_id_or_by_a_field(place: Place) {
    let store = place.open();
    for (about, weight) in [("a", 20), ("b", 3), ("c", 100), ("d", 3)] {
        add(&store, about, weight).await;
    }
    let second = PageRequest { page: 1, size: 3, sort: None };
    assert_eq!(page(&store, second).await, (vec![4], 4), "{place}");
    let beyond = PageRequest { page: u64::MAX, size: 1000, sort: None };
    assert_eq!(page(&store, beyond).await, (vec![], 4), "{place}");
    assert_eq!(page(&store, by("weight", Direction::Ascending)).await.0, [2, 4, 1, 3], "{place}");
    assert_eq!(page(&store, by("weight", Direction::Descending)).await.0, [3, 1, 2, 4], "{place}");
    assert_eq!(page(&store, by("nothing", Direction::Descending)).await.0, [1, 2, 3, 4], "{place}");
}

async fn everything_outlives_the_store(place: Place) {
    let store = place.open();
    add(&store, "kept", 7).await;
    let wrote = store.write(|tx| {
        tx.publish(happened())?;
        tx.received("event");
        tx.remember("key", &true)
    });
    wrote.await.unwrap();
    drop(store);
    let store = place.open();
    assert_eq!(add(&store, "next", 1).await.id, 2, "{place}");
    assert_eq!(store.read(|view: &View<'_>| view.outbox(9)).await.unwrap().len(), 1, "{place}");
    let known = store.write(|tx| {
        Ok::<_, StoreError>((
            tx.was_received("event")?,
            tx.answer::<bool>("key")?,
            tx.answer::<bool>("none")?,
        ))
    });
    assert_eq!(known.await.unwrap(), (true, Some(true), None), "{place}");
}

async fn hooks_run_after_the_commit_and_only_then(place: Place) {
    let store = place.open();
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
    assert_eq!(ran.load(Ordering::SeqCst), 1, "{place}");
}

async fn what_is_old_is_forgotten_and_nothing_else(place: Place) {
    let store = place.open();
    let keep = |name: &'static str| {
        store.write(move |tx| {
            tx.received(name);
            tx.remember(name, &name)
        })
    };
    keep("old").await.unwrap();
    let between = Timestamp::now().as_millisecond() + 1;
    while Timestamp::now().as_millisecond() <= between {
        tokio::task::yield_now().await;
    }
    keep("new").await.unwrap();
    add(&store, "kept", 1).await;
    let forget = async |most| store.write(move |tx| tx.forget(between, most, true)).await.unwrap();
    assert_eq!([forget(1).await, forget(9).await, forget(9).await], [1, 1, 0], "{place}");
    let known = store.write(|tx| {
        let received = [tx.was_received("old")?, tx.was_received("new")?];
        let answers = [tx.answer::<String>("old")?, tx.answer::<String>("new")?];
        Ok::<_, StoreError>((received, answers))
    });
    assert_eq!(known.await.unwrap(), ([false, true], [None, Some("new".into())]), "{place}");
    assert_eq!(page(&store, by("id", Direction::Ascending)).await, (vec![1], 1), "{place}");
}

async fn a_transaction_that_panics_changes_nothing_and_harms_no_other(place: Place) {
    let store = place.open();
    let panicked = store.write(|tx| -> Result<(), StoreError> {
        tx.put(&note(1, "lost", 1))?;
        panic!("on purpose")
    });
    assert!(matches!(panicked.await, Err(StoreError::Closed)), "{place}");
    let panicked = store.read(|_: &View<'_>| -> Result<(), StoreError> { panic!("on purpose") });
    assert!(matches!(panicked.await, Err(StoreError::Closed)), "{place}");
    assert_eq!(add(&store, "kept", 1).await.id, 1, "{place}");
    assert_eq!(page(&store, by("id", Direction::Ascending)).await, (vec![1], 1), "{place}");
}

async fn replicas_that_share_a_store_do_not_overlap(place: Place) {
    let replicas = [place.open(), place.open(), place.open()];
    add(&replicas[0], "stock", 100).await;
    let taking: Vec<_> = (0..200)
        .map(|turn| {
            let store = replicas[turn % replicas.len()].clone();
            tokio::spawn(async move {
                let taken = store.write(|tx| {
                    let before = tx.get::<Note>(1)?.ok_or(Refusal::Store)?;
                    if before.weight == 0 {
                        return Err(Refusal::OnPurpose);
                    }
                    let id = tx.next_id::<Note>()?;
                    tx.put(&note(id, "sold", 1))?;
                    Ok(tx.put(&Note { weight: before.weight - 1, ..before })?)
                });
                taken.await.is_ok()
            })
        })
        .collect();
    let mut taken = 0;
    for one in taking {
        taken += u32::from(one.await.unwrap());
    }
    assert_eq!(taken, 100, "{place}");
    let (left, sold) = replicas[1]
        .read(|view: &View<'_>| {
            Ok::<_, StoreError>((view.get::<Note>(1)?, view.find::<Note>("sold")?))
        })
        .await
        .unwrap();
    assert_eq!((left.unwrap().weight, sold.len()), (0, 100), "{place}");
    let ids: Vec<i64> = sold.iter().map(|one| one.id).collect();
    assert_eq!(ids, (2..=101).collect::<Vec<_>>(), "{place}: no id is given twice or burnt");
}

async fn every_text_comes_back_byte_for_byte(place: Place) {
    let texts = [
        "따뜻한 아메리카노 한 잔 ☕️",
        "nul \0 and \u{1} and \u{2}",
        "'; DROP TABLE entries; --",
        "\u{10fffe}",
        "é e\u{301}",
    ];
    let store = place.open();
    for text in texts {
        add(&store, text, 1).await;
    }
    for text in texts {
        let found = store.read(move |view: &View<'_>| view.find::<Note>(text)).await.unwrap();
        assert_eq!(
            found.iter().map(|one| one.about.as_str()).collect::<Vec<_>>(),
            [text],
            "{place}"
        );
    }
}

async fn many_documents_are_read_in_order(place: Place) {
    let store = place.open();
    let adding = store.write(|tx| {
        for id in 1..=2_000 {
            tx.put(&note(id, "many", id % 7))?;
        }
        Ok::<_, StoreError>(())
    });
    adding.await.unwrap();
    let all = store.read(|view: &View<'_>| view.all::<Note>()).await.unwrap();
    assert_eq!(
        all.iter().map(|one| one.id).collect::<Vec<_>>(),
        (1..=2_000).collect::<Vec<_>>(),
        "{place}"
    );
    let request = PageRequest { page: 13, size: 100, sort: None };
    assert_eq!(page(&store, request).await.0, (1_301..=1_400).collect::<Vec<_>>(), "{place}");
}

async fn a_lease_has_one_owner_until_it_is_released_or_expires(place: Place) {
    let store = place.open();
    let (mut one, mut other) = (Lease::new("turn"), Lease::new("turn"));
    assert!(one.hold(&store).await.unwrap(), "{place}");
    assert!(!other.hold(&store).await.unwrap(), "{place}");
    one.release(&store).await.unwrap();
    until_held(&mut other, &store).await;
    // The owner says nothing more.
    let mut heir = Lease::new("turn");
    let began = Instant::now();
    until_held(&mut heir, &store).await;
    assert!(began.elapsed() > Duration::from_secs(2), "{place}: not while the owner may be alive");
    assert!(!Lease::new("turn").hold(&store).await.unwrap(), "{place}");
}

async fn until_held(lease: &mut Lease, store: &Store) {
    let holding = async { while !lease.hold(store).await.unwrap() {} };
    timeout(Duration::from_secs(20), holding).await.expect("the turn comes");
}

on_engines! {
    sqlite [] at Place::sqlite(),
    redb [] at Place::redb(),
    #[cfg(feature = "postgres")]
    postgres [#[ignore = "needs PostgreSQL: set POSTGRES_URL"]] at Place::postgres(),
    => [
        a_refused_command_uses_up_no_id_and_leaves_no_trace,
        a_released_id_is_reserved_again,
        concurrent_commands_see_each_others_changes,
        documents_are_found_by_their_correlation,
        pages_are_by_id_or_by_a_field,
        everything_outlives_the_store,
        hooks_run_after_the_commit_and_only_then,
        a_transaction_that_panics_changes_nothing_and_harms_no_other,
        what_is_old_is_forgotten_and_nothing_else,
        every_text_comes_back_byte_for_byte,
        many_documents_are_read_in_order,
        a_lease_has_one_owner_until_it_is_released_or_expires,
    ]
}

// A redb file is one process's: no replicas can share it.
on_engines! {
    shared_sqlite [] at Place::sqlite(),
    #[cfg(feature = "postgres")]
    shared_postgres [#[ignore = "needs PostgreSQL: set POSTGRES_URL"]] at Place::postgres(),
    => [replicas_that_share_a_store_do_not_overlap]
}

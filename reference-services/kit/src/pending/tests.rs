use serde::{Deserialize, Serialize};

use super::*;
use crate::config::Guard;
use crate::outbox::Outbox;
use crate::store::Kind;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Attempt {
    id: i64,
    due: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Abandoned(i64);

impl Document for Attempt {
    const COLLECTION: &'static str = "attempts";

    fn id(&self) -> i64 {
        self.id
    }
}

impl Document for Abandoned {
    const COLLECTION: &'static str = "abandoned";

    fn id(&self) -> i64 {
        self.0
    }
}

impl Pending for Attempt {
    fn due(&self) -> i64 {
        self.due
    }
}

async fn begin(store: &Store, watch: &Watch, id: i64, due: i64) {
    let watch = watch.clone();
    let begun: Result<(), StoreError> = store
        .write(move |tx| {
            tx.put(&Attempt { id, due })?;
            tx.after_commit(move || watch.wake());
            Ok(())
        })
        .await;
    begun.unwrap();
}

async fn left(store: &Store) -> (Vec<Attempt>, Vec<Abandoned>) {
    let left: Result<_, StoreError> = store.read(|view| Ok((view.all()?, view.all()?))).await;
    left.unwrap()
}

#[tokio::test]
async fn what_is_overdue_is_swept_and_what_is_not_stays() {
    let directory = tempfile::TempDir::new().unwrap();
    let (outbox, _sender) = Outbox::new(Guard::On);
    let store = Store::open(&directory.path().join("order.db"), Kind::Sqlite, outbox).unwrap();
    let watch = Watch::default();
    let (late, early) = (due_in(Duration::from_secs(3600)), due_in(Duration::ZERO));
    begin(&store, &watch, 1, early).await;
    let abandon: Abandon<Attempt> = Arc::new(|tx, row| {
        tx.remove::<Attempt>(row.id)?;
        tx.put(&Abandoned(row.id))
    });
    let sweeper = Sweeper { store: store.clone(), watch: watch.clone(), abandon };
    let (stopper, stop) = Stop::manual();
    let running = tokio::spawn(sweeper.run(stop));
    // What a predecessor has left, and then what is begun while it sleeps.
    for expected in [1, 2] {
        let waiting = async {
            while left(&store).await.1.len() < expected {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it is swept");
        begin(&store, &watch, 2, due_in(Duration::ZERO)).await;
    }
    begin(&store, &watch, 3, late).await;
    stopper.send_replace(true);
    running.await.unwrap();
    let (rows, abandoned) = left(&store).await;
    assert!(rows.contains(&Attempt { id: 3, due: late }));
    assert_eq!(abandoned, [Abandoned(1), Abandoned(2)]);
}

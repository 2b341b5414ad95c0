//! The end of a store's threads.

use std::time::Duration;

use tokio::time::timeout;

use super::Note;
use crate::config::Guard;
use crate::outbox::Outbox;
use crate::page::{Direction, PageRequest, Sort};
use crate::store::changes::Changes;
use crate::store::engine::{Engine, Reader};
use crate::store::{Store, StoreError, View};

/// An engine with a defect.
struct Broken;

impl Engine for Broken {
    fn write(&mut self, _: &mut dyn FnMut(&dyn Reader) -> Changes) -> Result<(), StoreError> {
        panic!("this engine is broken on purpose")
    }

    fn read(&mut self, _: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError> {
        panic!("this engine is broken on purpose")
    }
}

#[tokio::test]
async fn the_end_of_any_thread_of_a_store_is_noticed() {
    let start = || {
        let (outbox, _) = Outbox::new(Guard::On);
        Store::start([Box::new(Broken), Box::new(Broken), Box::new(Broken)], outbox).unwrap()
    };
    let noticed = async |store: &Store| timeout(Duration::from_secs(20), store.ended()).await;
    let store = start();
    assert!(timeout(Duration::from_millis(1), store.ended()).await.is_err(), "all threads live");
    let refused = store.write(|_| Ok::<_, StoreError>(())).await;
    assert!(matches!(refused, Err(StoreError::Closed)));
    noticed(&store).await.expect("the writer has ended");
    let store = start();
    let refused = store.read(|_: &View<'_>| Ok::<_, StoreError>(())).await;
    assert!(matches!(refused, Err(StoreError::Closed)));
    noticed(&store).await.expect("the reader has ended");
    let store = start();
    let sorted = PageRequest {
        sort: Some(Sort { field: "id".to_owned(), direction: Direction::Ascending }),
        ..PageRequest::usual()
    };
    let refused = store.page::<Note>(sorted).await;
    assert!(matches!(refused, Err(StoreError::Closed)));
    noticed(&store).await.expect("the pager has ended");
}

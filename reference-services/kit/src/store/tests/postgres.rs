//! What PostgreSQL brings with it: outages, and commits whose answer is lost.

mod cable;

use std::time::Duration;

use tokio::time::timeout;

use super::places::postgres_url;
use super::{Note, add, by, note, page};
use crate::config::Guard;
use crate::outbox::Outbox;
use crate::page::Direction;
use crate::store::{Store, StoreError};
use cable::{Cable, Loss};

const BOUND: Duration = Duration::from_secs(20);

/// A schema of its own on the server, which is dropped with it.
pub(super) struct Schema {
    url: String,
    name: String,
}

impl Schema {
    pub(super) fn new(url: String) -> Self {
        Self { url, name: format!("test_{}", uuid::Uuid::now_v7().simple()) }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn open(&self, url: &str) -> Store {
        let (outbox, _) = Outbox::new(Guard::On);
        Store::connect(url, &self.name, outbox).unwrap()
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (url, name) = (self.url.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let mut client = postgres::Client::connect(&url, postgres::NoTls)?;
            client.batch_execute(&format!("DROP SCHEMA IF EXISTS {name} CASCADE"))
        });
        drop(dropping.join());
    }
}

fn over_a_cable() -> (Schema, Cable, Store) {
    let schema = Schema::new(postgres_url());
    let config: postgres::Config = schema.url().parse().unwrap();
    let postgres::config::Host::Tcp(host) = &config.get_hosts()[0] else {
        panic!("a host is needed")
    };
    let server = format!("{host}:{}", config.get_ports()[0]);
    let cable = Cable::to(&server);
    let url = schema.url().replace(&server, &cable.address());
    let store = schema.open(&url);
    (schema, cable, store)
}

async fn refused(store: &Store) -> StoreError {
    let adding = store.write(|tx| {
        let id = tx.next_id::<Note>()?;
        tx.put(&note(id, "refused", 1))
    });
    timeout(BOUND, adding).await.expect("it is refused, not kept waiting").unwrap_err()
}

async fn until_back(store: &Store) {
    let asking = async { while store.write(|tx| tx.count::<Note>()).await.is_err() {} };
    timeout(BOUND, asking).await.expect("the store is back");
}

#[tokio::test]
#[ignore = "needs PostgreSQL: set POSTGRES_URL"]
async fn while_the_server_is_away_work_is_refused_and_resumes_afterwards() {
    let (_schema, cable, store) = over_a_cable();
    add(&store, "before", 1).await;
    cable.cut();
    for _ in 0..3 {
        assert!(refused(&store).await.is_outage());
        assert!(store.read(|view| view.get::<Note>(1)).await.unwrap_err().is_outage());
    }
    cable.mend();
    until_back(&store).await;
    assert_eq!(add(&store, "after", 1).await.id, 2);
    assert_eq!(page(&store, by("id", Direction::Ascending)).await, (vec![1, 2], 2));
}

#[tokio::test]
#[ignore = "needs PostgreSQL: set POSTGRES_URL"]
async fn a_commit_whose_answer_is_lost_is_found_to_have_happened() {
    let (schema, cable, store) = over_a_cable();
    cable.lose(Loss::Reply);
    assert_eq!(timeout(BOUND, add(&store, "kept", 1)).await.expect("it is settled").id, 1);
    assert_eq!(page(&schema.open(schema.url()), by("id", Direction::Ascending)).await.1, 1);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: set POSTGRES_URL"]
async fn a_commit_that_never_arrived_is_found_not_to_have_happened() {
    let (schema, cable, store) = over_a_cable();
    cable.lose(Loss::Request);
    assert!(refused(&store).await.is_outage());
    assert_eq!(page(&schema.open(schema.url()), by("id", Direction::Ascending)).await.1, 0);
    assert_eq!(add(&store, "next", 1).await.id, 1);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: set POSTGRES_URL"]
async fn the_transaction_of_a_stuck_replica_is_ended() {
    let (schema, cable, store) = over_a_cable();
    let healthy = schema.open(schema.url());
    add(&healthy, "before", 1).await;
    // Frozen with the lock in hand: its commit is neither sent on nor is the connection closed.
    cable.lose(Loss::Everything);
    let stuck = tokio::spawn(async move { refused(&store).await });
    cable.lost().await;
    assert_eq!(
        timeout(BOUND, add(&healthy, "after", 1)).await.expect("the lock is free again").id,
        2
    );
    cable.cut();
    cable.mend();
    assert!(timeout(BOUND, stuck).await.unwrap().unwrap().is_outage());
    assert_eq!(page(&healthy, by("id", Direction::Ascending)).await.0, [1, 2]);
}

#[test]
fn a_url_that_cannot_be_read_is_reported_without_its_password() {
    let error = refusal("postgres://me:secret@host:port/x");
    assert!(error.contains("STORE") && !error.contains("secret"), "{error}");
}

#[test]
#[ignore = "needs PostgreSQL: set POSTGRES_URL"]
fn a_server_that_refuses_is_reported_without_the_password() {
    let url = postgres_url();
    let (server, _) = url.rsplit_once('/').unwrap();
    let error = refusal(&format!("{server}/no_such_database?user=nobody&password=secret"));
    assert!(error.contains("STORE") && error.contains("no_such_database"), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

fn refusal(url: &str) -> String {
    let (outbox, _) = Outbox::new(Guard::On);
    Store::connect(url, "own", outbox).err().unwrap().to_string()
}

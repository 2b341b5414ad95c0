//! What every service does, whether or not it receives events.

use std::time::Duration;

use axum::Router;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::timeout;

use super::Assembly;
use crate::config::{Config, Defaults, Env};
use crate::lifecycle::Shutdown;
use crate::store::{Kind, Store};

const BOUND: Duration = Duration::from_secs(20);

async fn answer(store: &Store) -> Option<bool> {
    store.write(|tx| tx.answer("key")).await.unwrap()
}

#[tokio::test]
async fn a_service_that_receives_no_events_forgets_its_answers_after_the_retention() {
    let directory = TempDir::new().unwrap();
    let data_dir = directory.path().to_str().unwrap();
    let env = Env::from_pairs([("PORT", "0"), ("RETENTION", "200ms")]);
    let config = Config::read(env, Defaults { service: "stock", port: 0, data_dir }).unwrap();
    let assembly = Assembly::open(&config, Kind::Sqlite, "topic").unwrap();
    let store = assembly.store.clone();
    let service = assembly.service(Router::new(), &json!({}), Vec::new());
    let port = crate::lifecycle::Port::take(&config).unwrap();
    let (_trigger, shutdown) = Shutdown::manual();
    tokio::spawn(service.run(port, shutdown));
    store.write(|tx| tx.remember("key", &true)).await.unwrap();
    assert_eq!(answer(&store).await, Some(true), "it is kept for as long as was said");
    let forgetting = async { while answer(&store).await.is_some() {} };
    timeout(BOUND, forgetting).await.expect("it is forgotten");
    // Neither the answer nor the row with its time is left.
    let left = store.write(|tx| tx.forget(i64::MAX, 9, true)).await.unwrap();
    assert_eq!(left, 0);
}

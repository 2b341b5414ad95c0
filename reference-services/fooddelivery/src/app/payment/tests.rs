//! What a killed process left open.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use brunt_kit::calls::{Protection, Upstreams};
use brunt_kit::config::{Config, Defaults, Env, Guard};
use brunt_kit::event::Cause;
use brunt_kit::lifecycle::Stop;
use brunt_kit::metrics::Metrics;
use brunt_kit::outbox::Outbox;
use brunt_kit::store::{Kind, Store, StoreError, View};
use http::{HeaderMap, StatusCode};
use tempfile::TempDir;
use tokio::time::timeout;

use super::super::outbound::calls::Pay;
use super::*;
use crate::DeliveryType;

/// A pay service that is ill at first and then answers with `status`, counting the calls with
/// order 1's key.
async fn pay(status: StatusCode) -> (String, Arc<AtomicU32>) {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let answer = move |headers: HeaderMap| {
        assert_eq!(headers["idempotency-key"], "order-1");
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        async move { if first { StatusCode::BAD_GATEWAY } else { status } }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/payments", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, calls)
}

/// An app that was killed after it had asked pay.
async fn killed(directory: &TempDir, pay_url: &str) -> App {
    let (outbox, _) = Outbox::new(Guard::On);
    let store = Store::open(&directory.path().join("app.db"), Kind::Sqlite, outbox).unwrap();
    let defaults = Defaults { service: "app", port: 0, data_dir: "" };
    let metrics = Metrics::new(&Config::read(Env::default(), defaults).unwrap());
    let protection = Protection::read(&Env::default()).unwrap();
    let pay = Pay::new(Upstreams::parse(pay_url).unwrap(), &protection, Guard::On, &metrics);
    let placement = Placement {
        menu: "Pizza".into(),
        qty: 1,
        price: 100,
        store_id: None,
        delivery_type: DeliveryType::Walk,
        address: None,
        customer: None,
    };
    let cause = Cause::command(&HeaderMap::new());
    store.write(move |tx| store::begin(tx, placement, None, &cause)).await.unwrap();
    App { store, pay, fail_closed: Guard::On }
}

/// Resumes until nothing is open; gives the order, if there is one.
async fn resumed(status: StatusCode) -> Option<Order> {
    let directory = TempDir::new().unwrap();
    let (url, calls) = pay(status).await;
    let app = killed(&directory, &url).await;
    let (_stop, stopped) = Stop::manual();
    tokio::spawn(resume(app.clone(), stopped));
    let settled = async {
        while !app.store.read(|view: &View<'_>| view.all::<Pending>()).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), settled).await.expect("it is asked again");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    let order = app.store.read(|view: &View<'_>| view.get::<Order>(1));
    let order: Result<_, StoreError> = order.await;
    order.unwrap()
}

#[tokio::test]
async fn what_is_paid_for_after_all_becomes_an_order() {
    assert_eq!(resumed(StatusCode::CREATED).await.map(|order| order.id), Some(1));
}

#[tokio::test]
async fn what_is_refused_does_not() {
    assert_eq!(resumed(StatusCode::CONFLICT).await, None);
}

//! Payment has done its work, and order hears nothing of it.

use brunt_baemin::SYSTEM;
use brunt_kit::config::Guard;
use brunt_kit::outbox::Outbox;
use brunt_kit::store::{Document, Kind, Store, StoreError};
use brunt_kit::testing::Trial;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::between::Between;

/// One order, of whose payment so many answers are lost.
async fn ordered(lost: usize, variables: &[(&str, &str)]) -> (Trial, StatusCode) {
    let between = Between::losing(lost).await;
    let variables = [&[("API_PAYMENT_URL", between.url.as_str())], variables].concat();
    let system = Trial::start(&SYSTEM, &variables).await;
    between.lead_to(system.address("payment"));
    let response = system
        .request("POST", "order", "/orders", json!({"productName": "TV", "productPrice": 9}))
        .await;
    let status = response.status();
    assert_eq!(
        status == StatusCode::SERVICE_UNAVAILABLE,
        response.headers().contains_key("retry-after")
    );
    (system, status)
}

fn total(page: &Value) -> i64 {
    page["page"]["totalElements"].as_i64().unwrap()
}

#[tokio::test]
async fn with_the_idempotency_key_a_repeated_call_charges_once() {
    let (system, status) = ordered(1, &[]).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(total(&system.get("payment", "/payments").await.1), 1);
}

#[tokio::test]
async fn without_the_idempotency_key_a_repeated_call_charges_twice() {
    let (system, status) = ordered(1, &[("IDEMPOTENCY_KEY", "off")]).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(total(&system.get("payment", "/payments").await.1), 2);
}

#[tokio::test]
async fn an_order_whose_payment_is_in_doubt_is_not_accepted_and_is_refunded() {
    let (system, status) = ordered(2, &[]).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(total(&system.get("order", "/orders").await.1), 0);
    system.until("payment", "/payments", |page| total(page) == 0).await;
    system
        .until("delivery", "/deliveries/1", |parcel| parcel["orderStatus"] == "DeliveryCanceled")
        .await;
    let (status, order) = system.post("order", "/orders", json!({"productName": "TV"})).await;
    assert_eq!(
        (status, &order["id"]),
        (StatusCode::CREATED, &json!(2)),
        "the lost one may have been paid"
    );
}

#[tokio::test]
async fn without_compensation_an_order_that_was_not_accepted_stays_paid() {
    let (system, status) = ordered(2, &[("COMPENSATION", "off")]).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    system
        .until("delivery", "/deliveries/1", |parcel| parcel["orderStatus"] == "DeliveryStarted")
        .await;
    assert_eq!(total(&system.get("order", "/orders").await.1), 0);
    assert_eq!(total(&system.get("payment", "/payments").await.1), 1);
}

/// What a killed order service has left: it was asking payment.
#[derive(Serialize, Deserialize)]
struct Attempt(Value);

impl Document for Attempt {
    const COLLECTION: &'static str = "attempts";

    fn id(&self) -> i64 {
        self.0["id"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn an_attempt_that_a_kill_has_left_is_canceled_after_the_restart() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().to_str().unwrap();
    let mut system = Trial::without(&SYSTEM, &["order"], &[("DATA_DIR", data)]).await;
    let cause = json!({"correlation_id": "c", "causation_id": null, "traceparent": "t"});
    let placement = json!({"productName": "TV", "orderDate": ""});
    let attempt = json!({
        "id": 1,
        "request": {"placement": placement, "delivery": null},
        "callee_key": "k",
        "client_key": null,
        "due": 1,
        "cause": cause,
    });
    let (outbox, _sender) = Outbox::new(Guard::On);
    let store = Store::open(&directory.path().join("order.db"), Kind::Sqlite, outbox).unwrap();
    let left: Result<(), StoreError> = store.write(move |tx| tx.put(&Attempt(attempt))).await;
    left.unwrap();
    drop(store);
    system.post("payment", "/payments", json!({"orderId": 1, "payAmount": 9})).await;
    system.restart("order").await;
    system.until("payment", "/payments", |page| total(page) == 0).await;
}

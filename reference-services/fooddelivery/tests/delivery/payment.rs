//! An order that is not paid for is no order: answers that are lost, and money that is given back.

use http::StatusCode;
use serde_json::{Value, json};

use crate::between::Between;
use crate::system::{pizza, start};

async fn count(system: &brunt_kit::testing::Trial, service: &str, path: &str) -> Value {
    system.get(service, path).await.1["page"]["totalElements"].clone()
}

#[tokio::test]
async fn with_pay_down_nothing_is_ordered_and_the_answer_says_when_to_retry() {
    let mut system = start(&[]).await;
    system.stop("pay").await;
    let response = system.request("POST", "gateway", "/orders", pizza()).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["retry-after"], "1");
    let problem: Value = response.json().await.unwrap();
    assert!(problem["message"].as_str().unwrap().ends_with("try again shortly"), "{problem}");
    assert_eq!(count(&system, "app", "/orders").await, 0);
    assert_eq!(system.get("app", "/orders/1").await.0, StatusCode::NOT_FOUND);
    system.restart("pay").await;
    system.until_received("pay", "OrderNotPlaced", "applied", 1).await;
    let (status, order) = system.post("app", "/orders", pizza()).await;
    assert_eq!((status, &order["status"]), (StatusCode::CREATED, &json!("Placed")));
    assert_eq!(count(&system, "pay", "/payments").await, 1);
}

#[tokio::test]
async fn when_pays_answer_is_lost_the_payment_is_refunded() {
    let between = Between::losing(1).await;
    let system = start(&[("API_PAY_URL", &between.url())]).await;
    between.lead_to(system.address("pay"));
    assert_eq!(system.post("app", "/orders", pizza()).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(count(&system, "app", "/orders").await, 0);
    system.until("pay", "/payments/1", |payment| payment["status"] == "Canceled").await;
    assert_eq!(system.post("app", "/orders", pizza()).await.0, StatusCode::CREATED);
    system.until("pay", "/payments/2", |payment| payment["status"] == "Paid").await;
}

#[tokio::test]
async fn without_failing_closed_an_unpaid_order_is_accepted() {
    let mut system = start(&[("FAIL_CLOSED", "off")]).await;
    system.stop("pay").await;
    assert_eq!(system.post("app", "/orders", pizza()).await.0, StatusCode::CREATED);
    system.restart("pay").await;
    assert_eq!(count(&system, "pay", "/payments").await, 0);
}

#[tokio::test]
async fn a_repeated_idempotency_key_gives_the_same_order() {
    let mut system = start(&[]).await;
    let client = reqwest::Client::new();
    let url = system.url("app", "/orders");
    let place = |order: Value| client.post(&url).header("idempotency-key", "k").json(&order).send();
    system.stop("pay").await;
    assert_eq!(place(pizza()).await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    system.restart("pay").await;
    let (first, again) = (place(pizza()).await.unwrap(), place(pizza()).await.unwrap());
    assert_eq!((first.status(), again.status()), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.headers()["location"], again.headers()["location"]);
    let mut other = pizza();
    other["qty"] = json!(3);
    assert_eq!(place(other).await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(count(&system, "app", "/orders").await, 1);
    assert_eq!(count(&system, "pay", "/payments").await, 1);
}

/// The same order twice at the same time, by a customer who is in a hurry; gives how often it
/// is paid for.
async fn paid_in_a_hurry(guard: &str) -> Value {
    let between = Between::pairing().await;
    let system = start(&[("API_PAY_URL", &between.url()), ("IDEMPOTENCY_KEY", guard)]).await;
    between.lead_to(system.address("pay"));
    let client = reqwest::Client::new();
    let url = system.url("app", "/orders");
    let place = || client.post(&url).header("idempotency-key", "k").json(&pizza()).send();
    let (one, other) = tokio::join!(place(), place());
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((one.status(), other.status()), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(one.headers()["location"], other.headers()["location"]);
    assert_eq!(count(&system, "app", "/orders").await, 1);
    count(&system, "pay", "/payments").await
}

#[tokio::test]
async fn with_the_idempotency_key_a_repeated_order_is_paid_once() {
    assert_eq!(paid_in_a_hurry("on").await, 1);
}

#[tokio::test]
async fn without_the_idempotency_key_a_repeated_order_is_paid_twice() {
    assert_eq!(paid_in_a_hurry("off").await, 2);
}

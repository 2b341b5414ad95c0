//! Stock that arrives later, and stock that many want.

use std::time::Duration;

use brunt_kit::testing::Trial;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::system::{
    order, start, until_deliverable, until_order, until_stock, wanted, with_stock,
};

fn arrival(quantity: i64) -> Value {
    json!({"bookId": 1, "quantity": quantity, "inCharger": "CHOI"})
}

#[tokio::test]
async fn an_order_without_stock_waits_until_enough_arrives() {
    let system = with_stock(5, &[]).await;
    let id = order(&system, wanted(20)).await;
    until_deliverable(&system, id, "Stock_Lacked").await;
    system.post("bookInventory", "/stockInputs", arrival(14)).await;
    assert_eq!(system.get("order", "/orders/1").await.1["orderStatus"], "Ordered");
    assert_eq!(system.get("bookInventory", "/books/1").await.1["stock"], 19);
    system.post("bookInventory", "/stockInputs", arrival(3)).await;
    until_order(&system, id, "Shipped").await;
    assert_eq!(system.get("bookInventory", "/books/1").await.1["stock"], 2);
}

#[tokio::test]
async fn waiting_orders_are_served_oldest_first_and_a_large_one_blocks_no_others() {
    let system = with_stock(0, &[]).await;
    for quantity in [10, 100, 10] {
        let id = order(&system, wanted(quantity)).await;
        until_deliverable(&system, id, "Stock_Lacked").await;
    }
    system.post("bookInventory", "/stockInputs", arrival(15)).await;
    until_order(&system, 1, "Shipped").await;
    assert_eq!(system.get("bookInventory", "/deliverables/3").await.1["status"], "Stock_Lacked");
    system.post("bookInventory", "/stockInputs", arrival(5)).await;
    until_order(&system, 3, "Shipped").await;
    assert_eq!(system.get("bookInventory", "/deliverables/2").await.1["status"], "Stock_Lacked");
    // A corrected stock counts like one that arrives.
    let (status, book) = system.patch("bookInventory", "/books/1", json!({"stock": 101})).await;
    assert_eq!((status, &book["stock"]), (StatusCode::OK, &json!(1)));
    until_order(&system, 2, "Shipped").await;
}

/// Two hundred orders at once for one book each, of which there are a hundred; how many are set
/// aside for them, and left.
async fn race(conditional_update: &str) -> (Trial, i64, i64) {
    // On a busy machine a question may take longer than customers should wait; that is not what
    // this is about.
    let patient =
        [("CALL_TIMEOUT", "30s"), ("BREAKER", "off"), ("CONDITIONAL_UPDATE", conditional_update)];
    let system = with_stock(100, &patient).await;
    let mut racing = JoinSet::new();
    for _ in 0..200 {
        let url = system.url("order", "/orders");
        racing.spawn(async move {
            reqwest::Client::new().post(url).json(&wanted(1)).send().await.unwrap().status()
        });
    }
    while let Some(status) = racing.join_next().await {
        assert_eq!(status.unwrap(), StatusCode::CREATED);
    }
    let path = "/deliverables?size=1000";
    let page =
        system.until("bookInventory", path, |page| page["page"]["totalElements"] == 200).await;
    let rows = page["_embedded"]["deliverables"].as_array().unwrap();
    let sold: i64 = rows
        .iter()
        .filter(|row| row["status"] == "Delivery_Prepared")
        .map(|row| row["quantity"].as_i64().unwrap())
        .sum();
    let stock = system.get("bookInventory", "/books/1").await.1["stock"].as_i64().unwrap();
    (system, sold, stock)
}

#[tokio::test]
async fn two_hundred_racing_orders_share_a_hundred_books() {
    let (system, sold, stock) = race("on").await;
    assert_eq!((sold, stock), (100, 0));
    let shipped = |page: &Value| {
        let orders = page["_embedded"]["orders"].as_array().cloned().unwrap_or_default();
        orders.iter().filter(|order| order["orderStatus"] == "Shipped").count() == 100
    };
    system.until("order", "/orders?size=1000", shipped).await;
}

#[tokio::test]
async fn without_the_condition_more_is_sold_than_there_is() {
    let (_system, sold, stock) = race("off").await;
    assert_eq!((sold, stock), (200, 0));
}

#[tokio::test]
async fn books_that_arrive_twice_under_one_key_arrive_once() {
    let system = with_stock(0, &[]).await;
    let arrive = |quantity: i64| {
        let url = system.url("bookInventory", "/stockInputs");
        reqwest::Client::new()
            .post(url)
            .header("idempotency-key", "k")
            .json(&arrival(quantity))
            .send()
    };
    assert_eq!(arrive(5).await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(arrive(5).await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(arrive(6).await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    until_stock(&system, 5).await;
    assert_eq!(system.get("bookInventory", "/stockInputs").await.1["page"]["totalElements"], 1);
}

#[tokio::test]
async fn a_book_is_corrected_in_parts_or_as_a_whole() {
    let system = with_stock(5, &[]).await;
    let (_, book) =
        system.patch("bookInventory", "/books/1", json!({"bookName": "런던여행"})).await;
    assert_eq!((&book["bookName"], &book["stock"]), (&json!("런던여행"), &json!(5)));
    let (status, same) = system.patch("bookInventory", "/books/1", book.clone()).await;
    assert_eq!((status, &same), (StatusCode::OK, &book));
    let put = system.request(
        "PUT",
        "bookInventory",
        "/books/1",
        json!({"bookName": "LondonTour", "stock": 7}),
    );
    assert_eq!(put.await.json::<Value>().await.unwrap()["stock"], 7);
    let half =
        system.request("PUT", "bookInventory", "/books/1", json!({"bookName": "LondonTour"}));
    assert_eq!(half.await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_stop_is_clean_and_what_waits_still_waits() {
    let mut system = start(&[]).await;
    crate::system::sell(&system, 0).await;
    let id = order(&system, wanted(3)).await;
    until_deliverable(&system, id, "Stock_Lacked").await;
    system.stop("bookInventory").await;
    system.restart("bookInventory").await;
    system.post("bookInventory", "/stockInputs", arrival(3)).await;
    until_order(&system, id, "Shipped").await;
    timeout(Duration::from_secs(10), system.stop_all()).await.expect("it ends in time");
}

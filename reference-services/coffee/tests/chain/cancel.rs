//! Cancel in every state.

use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{SLOW, start, without};

fn statuses(page: &Value) -> (&str, &str) {
    let text = |field: &str| page[field].as_str().unwrap_or_default();
    (text("orderStatus"), text("productStatus"))
}

#[tokio::test]
async fn an_order_is_canceled_before_it_is_made() {
    let system = start(&[SLOW]).await;
    system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    system.until("product", "/products/1", |product| product["status"] == "Requested").await;
    for _ in 0..2 {
        let (status, order) =
            system.patch("gateway", "/orders/1", json!({"status": "Canceled"})).await;
        assert_eq!((status, &order["status"]), (StatusCode::OK, &json!("Canceled")));
    }
    let page = system
        .until("customercenter", "/mypages/1", |page| statuses(page) == ("Canceled", "Canceled"))
        .await;
    assert_eq!(page["qty"], 1);
    assert_eq!(system.get("product", "/products/1").await.1["status"], "Canceled");
    assert_eq!(system.get("stock", "/stocks/3").await.1["qty"], 1_000_000);
}

#[tokio::test]
async fn a_completed_order_is_not_canceled() {
    let system = start(&[("MAKING_TIME", "0ms")]).await;
    system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    system.until("order", "/orders/1", |order| order["status"] == "Completed").await;
    let (status, problem) = system.patch("order", "/orders/1", json!({"status": "Canceled"})).await;
    assert_eq!((status, &problem["path"]), (StatusCode::CONFLICT, &json!("/orders/1")));
    let (status, _) = system.post("product", "/products/cancel", json!({"orderId": 1})).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_product_that_is_being_made_is_neither_canceled_nor_made_twice() {
    let mut system = without(&["stock"], &[("MAKING_TIME", "0ms")]).await;
    system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    system.until("product", "/products/1", |product| product["status"] == "Making").await;
    let (status, _) = system.patch("order", "/orders/1", json!({"status": "Canceled"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    // Stopped in the middle of making, and resumed.
    system.stop("product").await;
    system.restart("product").await;
    system.restart("stock").await;
    system.until("order", "/orders/1", |order| order["status"] == "Completed").await;
    assert_eq!(system.get("stock", "/stocks/3").await.1["qty"], 1_000_000 - 1);
    assert_eq!(system.get("product", "/products").await.1["page"]["totalElements"], 1);
}

#[tokio::test]
async fn a_cancellation_that_overtakes_its_order_prevents_its_making() {
    let system = start(&[("MAKING_TIME", "0ms")]).await;
    let (status, product) = system.post("product", "/products/cancel", json!({"orderId": 2})).await;
    assert_eq!((status, &product["status"]), (StatusCode::OK, &json!("Canceled")));
    for _ in 0..3 {
        system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    }
    system.until("order", "/orders/1", |order| order["status"] == "Completed").await;
    system.until("order", "/orders/3", |order| order["status"] == "Completed").await;
    assert_ne!(system.get("order", "/orders/2").await.1["status"], "Completed");
    assert_eq!(system.get("stock", "/stocks/3").await.1["qty"], 1_000_000 - 2);
    assert_eq!(system.get("product", "/products").await.1["page"]["totalElements"], 3);
}

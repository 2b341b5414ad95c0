//! What each service needs of the others, held against both sides.

use brunt_coffee::TOPIC;
use brunt_kit::testing::Trial;
use brunt_kit::testing::contract::{self, Contract};
use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{SLOW, start, without};

fn contracts() -> [Contract; 3] {
    [
        include_str!("../../contracts/order.json"),
        include_str!("../../contracts/product.json"),
        include_str!("../../contracts/customercenter.json"),
    ]
    .map(Contract::read)
}

fn latte(qty: i64) -> Value {
    json!({"productName": "Latte", "qty": qty})
}

/// Cancels an order before it is made, which may take a few attempts on a busy machine.
async fn cancel_one(system: &Trial) {
    for _ in 0..50 {
        let (_, order) = system.post("order", "/orders", latte(1)).await;
        let path = format!("/orders/{}", order["id"]);
        if system.patch("order", &path, json!({"status": "Canceled"})).await.0 == StatusCode::OK {
            return;
        }
    }
    panic!("no cancel is accepted");
}

#[tokio::test]
async fn events_have_all_fields_that_consumers_need_and_consumers_need_no_more() {
    let system = start(&[("MAKING_TIME", "200ms")]).await;
    for qty in [1, 1_000_000_000] {
        system.post("order", "/orders", latte(qty)).await;
    }
    cancel_one(&system).await;
    system.until("order", "/orders/1", |order| order["status"] == "Completed").await;
    system.until("order", "/orders/2", |order| order["status"] == "Out of stock").await;
    contract::hold(&system, TOPIC, &contracts()).await;
}

#[tokio::test]
async fn order_calls_product_as_its_contract_says() {
    let [granted, refused] = &contracts()[0].calls[..] else { panic!("two calls") };
    for (call, status) in [(granted, StatusCode::OK), (refused, StatusCode::CONFLICT)] {
        let product = call.fake_producer().await;
        let system = without(&["product"], &[("API_PRODUCT_URL", &product.url)]).await;
        system.post("order", "/orders", latte(1)).await;
        assert_eq!(
            system.patch("order", "/orders/1", json!({"status": "Canceled"})).await.0,
            status
        );
        product.was_asked();
    }
    let system = start(&[SLOW]).await;
    system.post("order", "/orders", latte(1)).await;
    system.until("product", "/products/1", |product| product["status"] == "Requested").await;
    granted.is_kept_by(&system).await;
    let system = start(&[("MAKING_TIME", "0ms")]).await;
    system.post("order", "/orders", latte(1)).await;
    system.until("product", "/products/1", |product| product["status"] == "Completed").await;
    refused.is_kept_by(&system).await;
}

#[tokio::test]
async fn product_calls_stock_as_its_contract_says() {
    let call = &contracts()[1].calls[0];
    let stock = call.fake_producer().await;
    let system =
        without(&["stock"], &[("API_STOCK_URL", &stock.url), ("MAKING_TIME", "0ms")]).await;
    system.post("order", "/orders", latte(1)).await;
    system.until("order", "/orders/1", |order| order["status"] == "Completed").await;
    stock.was_asked();
    call.is_kept_by(&start(&[]).await).await;
}

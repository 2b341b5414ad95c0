//! What each service needs of the others, held against both sides.

use brunt_fooddelivery::TOPIC;
use brunt_kit::testing::Trial;
use brunt_kit::testing::contract::{self, Contract};
use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{advance, pizza, put, start, without};

fn contracts() -> [Contract; 5] {
    [
        include_str!("../../contracts/app.json"),
        include_str!("../../contracts/pay.json"),
        include_str!("../../contracts/store.json"),
        include_str!("../../contracts/rider.json"),
        include_str!("../../contracts/customer.json"),
    ]
    .map(Contract::read)
}

/// Places order `id`, and waits until the store knows of it under the same number.
async fn place(system: &Trial, id: i64) {
    let mut order: Value = pizza();
    order["customer"] = json!("유은상");
    assert_eq!(system.post("app", "/orders", order).await.1["id"], id);
    system
        .until("store", &format!("/storeOrders/{id}"), |order| order["status"] == "Received")
        .await;
}

#[tokio::test]
async fn events_have_all_fields_that_consumers_need_and_consumers_need_no_more() {
    let mut system = start(&[]).await;
    place(&system, 1).await;
    advance(&system, "Delivered").await;
    place(&system, 2).await;
    put(&system, "app", "/orders/2/cancel").await;
    place(&system, 3).await;
    put(&system, "store", "/storeOrders/3/reject").await;
    system.until("app", "/orders/3", |order| order["status"] == "Rejected").await;
    system.stop("pay").await;
    let (status, _) = system.post("app", "/orders", pizza()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    system.restart("pay").await;
    contract::hold(&system, TOPIC, &contracts()).await;
}

#[tokio::test]
async fn app_calls_pay_as_its_contract_says() {
    let call = &contracts()[0].calls[0];
    let pay = call.fake_producer().await;
    let system = without(&["pay"], &[("API_PAY_URL", &pay.url)]).await;
    let (status, body) = system.post("app", "/orders", pizza()).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    pay.was_asked();
    call.is_kept_by(&start(&[]).await).await;
}

#[tokio::test]
async fn store_calls_app_as_its_contract_says() {
    let [stands, canceled] = &contracts()[2].calls[..] else { panic!("two calls") };
    for (call, id, status) in [(stands, 1, StatusCode::OK), (canceled, 2, StatusCode::CONFLICT)] {
        let app = call.fake_producer().await;
        let system = start(&[("API_APP_URL", &app.url)]).await;
        place(&system, 1).await;
        place(&system, 2).await;
        put(&system, "store", &format!("/storeOrders/{id}/accept")).await;
        assert_eq!(put(&system, "store", &format!("/storeOrders/{id}/start")).await.0, status);
        app.was_asked();
    }
    let system = start(&[]).await;
    place(&system, 1).await;
    place(&system, 2).await;
    put(&system, "app", "/orders/2/cancel").await;
    stands.is_kept_by(&system).await;
    canceled.is_kept_by(&system).await;
}

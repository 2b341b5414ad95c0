//! Food delivery in this process.

use brunt_fooddelivery::SYSTEM;
use brunt_kit::testing::Trial;
use http::StatusCode;
use serde_json::{Value, json};

pub async fn start(variables: &[(&str, &str)]) -> Trial {
    Trial::start(&SYSTEM, variables).await
}

pub async fn without(absent: &[&str], variables: &[(&str, &str)]) -> Trial {
    Trial::without(&SYSTEM, absent, variables).await
}

pub fn pizza() -> Value {
    json!({
        "menu": "피자",
        "qty": 2,
        "price": 20_000,
        "storeId": 1,
        "deliveryType": "walk",
        "address": "서울",
    })
}

/// PUT without a body.
pub async fn put(system: &Trial, service: &str, path: &str) -> (StatusCode, Value) {
    let response = reqwest::Client::new().put(system.url(service, path)).send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap())
}

/// Places an order, which is the first of its system, and waits until store and rider know of it.
pub async fn placed(system: &Trial) {
    let (status, order) = system.post("gateway", "/orders", pizza()).await;
    assert_eq!((status, &order["id"]), (StatusCode::CREATED, &json!(1)), "{order}");
    system.until("store", "/storeOrders/1", |order| order["status"] == "Received").await;
    system.until("rider", "/deliveries/1", |delivery| delivery["status"] == "Waiting").await;
}

/// Takes the order as far as `status`, as store and rider do it, and waits until app knows.
pub async fn advance(system: &Trial, status: &str) {
    let steps = [
        ("Accepted", "store", "/storeOrders/1/accept"),
        ("Cooking", "store", "/storeOrders/1/start"),
        ("Cooked", "store", "/storeOrders/1/finish"),
        ("Picked", "rider", "/deliveries/1/pick"),
        ("Delivered", "rider", "/deliveries/1/deliver"),
    ];
    for (reached, service, path) in steps {
        if service == "rider" {
            system
                .until("rider", "/deliveries/1", |delivery| delivery["status"] != "Waiting")
                .await;
        }
        let (answer, body) = put(system, service, path).await;
        assert_eq!(answer, StatusCode::OK, "{path}: {body}");
        system.until("app", "/orders/1", |order| order["status"] == reached).await;
        if reached == status {
            break;
        }
    }
}

/// What the customer was told, in order.
pub async fn told(system: &Trial) -> Vec<String> {
    let page = system.get("customer", "/notifications?size=100").await.1;
    let items = page["_embedded"]["notifications"].as_array().unwrap().iter();
    items.map(|item| item["text"].as_str().unwrap().to_owned()).collect()
}

/// Waits until the customer was told so many things.
pub async fn until_told(system: &Trial, count: u64) -> Vec<String> {
    system.until("customer", "/notifications", |page| page["page"]["totalElements"] == count).await;
    told(system).await
}

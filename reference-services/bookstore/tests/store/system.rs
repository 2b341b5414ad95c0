//! The bookstore in this process.

use brunt_bookstore::SYSTEM;
use brunt_kit::testing::Trial;
use http::StatusCode;
use serde_json::{Value, json};

pub async fn start(variables: &[(&str, &str)]) -> Trial {
    Trial::start(&SYSTEM, variables).await
}

pub async fn without(absent: &[&str], variables: &[(&str, &str)]) -> Trial {
    Trial::without(&SYSTEM, absent, variables).await
}

/// With book 1, of which there are so many, and coupon 1.
pub async fn with_stock(stock: i64, variables: &[(&str, &str)]) -> Trial {
    let system = start(variables).await;
    sell(&system, stock).await;
    system
}

pub async fn sell(system: &Trial, stock: i64) {
    let book = json!({"bookName": "LondonTour", "stock": stock});
    assert_eq!(system.post("bookInventory", "/books", book).await.0, StatusCode::CREATED);
    let coupon = json!({"customerId": 1, "couponStatus": "Registered"});
    assert_eq!(system.post("coupon", "/coupons", coupon).await.0, StatusCode::CREATED);
}

/// An order for book 1.
pub fn wanted(quantity: i64) -> Value {
    json!({"bookId": 1, "customerId": 1, "quantity": quantity, "deliveryAddress": "Seoul"})
}

/// The same with coupon 1.
pub fn wanted_with_coupon(quantity: i64) -> Value {
    let mut order = wanted(quantity);
    order["couponId"] = json!(1);
    order
}

/// Places an order that is accepted; gives its number.
pub async fn order(system: &Trial, body: Value) -> i64 {
    let (status, order) = system.post("order", "/orders", body).await;
    assert_eq!(
        (status, &order["orderStatus"]),
        (StatusCode::CREATED, &json!("Ordered")),
        "{order}"
    );
    order["orderId"].as_i64().unwrap()
}

pub async fn until_order(system: &Trial, id: i64, status: &str) {
    system.until("order", &format!("/orders/{id}"), |order| order["orderStatus"] == status).await;
}

/// Waits for a deliverable, which has its own numbers, as it comes to be in the order of events.
pub async fn until_deliverable(system: &Trial, order_id: i64, status: &str) {
    let is_it = |row: &Value| row["orderId"] == order_id && row["status"] == status;
    until_any(system, "bookInventory", "/deliverables?size=1000", "deliverables", is_it).await;
}

pub async fn until_delivery(system: &Trial, order_id: i64, status: &str) -> i64 {
    let is_it = |row: &Value| row["orderId"] == order_id && row["deliveryStatus"] == status;
    let row = until_any(system, "delivery", "/deliveries?size=1000", "deliveries", is_it).await;
    row["id"].as_i64().unwrap()
}

pub async fn until_page(system: &Trial, order_id: i64, status: &str) -> Value {
    let is_it = |row: &Value| row["orderId"] == order_id && row["orderStatus"] == status;
    until_any(system, "customer", "/myPages?size=1000", "myPages", is_it).await
}

pub async fn until_coupon(system: &Trial, status: &str) -> Value {
    system.until("coupon", "/coupons/1", |coupon| coupon["couponStatus"] == status).await
}

pub async fn until_stock(system: &Trial, stock: i64) {
    system.until("bookInventory", "/books/1", |book| book["stock"] == stock).await;
}

async fn until_any(
    system: &Trial,
    service: &str,
    path: &str,
    name: &str,
    is_it: impl Fn(&Value) -> bool,
) -> Value {
    let rows = |page: &Value| page["_embedded"][name].as_array().cloned().unwrap_or_default();
    let page = system.until(service, path, |page| rows(page).iter().any(&is_it)).await;
    rows(&page).into_iter().find(|row| is_it(row)).unwrap()
}

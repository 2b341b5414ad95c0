//! What is refused, and how it is said.

use brunt_bookstore::SYSTEM;
use brunt_kit::config::Env;
use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{start, wanted, with_stock};

fn refusal(body: &Value) -> String {
    format!("{} {} {}: {}", body["status"], body["error"], body["path"], body["message"])
}

fn but(field: &str, value: Value) -> Value {
    let mut body = wanted(1);
    body[field] = value;
    body
}

#[tokio::test]
async fn malformed_requests_are_refused_and_use_up_no_id() {
    let system = with_stock(1, &[]).await;
    let mut refused = Vec::new();
    for (method, service, path, body) in [
        ("POST", "order", "/orders", json!({})),
        ("POST", "order", "/orders", but("quantity", json!(0))),
        ("POST", "order", "/orders", but("quantity", json!("many"))),
        ("POST", "order", "/orders", but("quantity", json!(i64::MAX))),
        ("POST", "order", "/orders", but("deliveryAddress", json!(" "))),
        ("POST", "order", "/orders", but("bookId", json!(9))),
        ("POST", "order", "/orders", but("bookId", json!("../coupons/1"))),
        ("POST", "order", "/orders", but("couponId", json!(9))),
        ("POST", "order", "/orders", but("orderStatus", json!("Shipped"))),
        ("POST", "order", "/orders", json!([])),
        ("PATCH", "order", "/orders/1", json!({"quantity": 2})),
        ("DELETE", "order", "/orders/9", json!({})),
        ("DELETE", "order", "/orders/many", json!({})),
        ("POST", "delivery", "/deliveries", json!({})),
        ("PATCH", "delivery", "/deliveries/9", json!({"deliveryStatus": "Shipped"})),
        ("POST", "customer", "/customers", json!({"customerName": ""})),
        ("PATCH", "customer", "/customers/9", json!({"customerName": "Kim"})),
        ("POST", "customer", "/myPages", json!({})),
        ("POST", "bookInventory", "/books", json!({"bookName": "LondonTour"})),
        ("POST", "bookInventory", "/books", json!({"bookName": "", "stock": 1})),
        ("POST", "bookInventory", "/books", json!({"bookName": "LondonTour", "stock": -1})),
        (
            "POST",
            "bookInventory",
            "/books",
            json!({"bookId": 7, "bookName": "LondonTour", "stock": 1}),
        ),
        ("PATCH", "bookInventory", "/books/1", json!({"stock": -1})),
        ("DELETE", "bookInventory", "/books/1", json!({})),
        ("POST", "bookInventory", "/stockInputs", json!({"bookId": 9, "quantity": 1})),
        ("POST", "bookInventory", "/stockInputs", json!({"bookId": 1, "quantity": 0})),
        ("POST", "bookInventory", "/stockInputs", json!({"bookId": 1, "quantity": i64::MAX})),
        ("POST", "bookInventory", "/deliverables", json!({})),
        ("POST", "coupon", "/coupons", json!({})),
        (
            "POST",
            "coupon",
            "/coupons",
            json!({"customerId": 1, "couponStatus": "Used(Not Available)"}),
        ),
        ("PATCH", "coupon", "/coupons/1", json!({"couponStatus": "Registered"})),
        ("DELETE", "myCoupon", "/mycoupons/1", json!({})),
        ("GET", "gateway", "/", json!({})),
        ("GET", "gateway", "/yourpages", json!({})),
    ] {
        let response = system.request(method, service, path, body).await;
        refused.push(format!("{method} {}", refusal(&response.json().await.unwrap())));
    }
    insta::assert_snapshot!(refused.join("\n"));
    for (service, path, body, id) in [
        ("order", "/orders", wanted(1), "orderId"),
        ("customer", "/customers", json!({"customerName": "Kim"}), "customerId"),
        ("bookInventory", "/stockInputs", json!({"bookId": 1, "quantity": 1}), "id"),
    ] {
        assert_eq!(system.post(service, path, body).await.1[id], 1, "{path}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let system = start(&[]).await;
    for service in ["order", "gateway"] {
        let (status, problem) = system
            .post(service, "/orders", but("deliveryAddress", json!("x".repeat(1 << 20))))
            .await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(problem["status"], 413, "{service}");
    }
}

#[tokio::test]
async fn the_readmes_reads_answer_at_once_and_with_a_slash() {
    let system = start(&[]).await;
    for path in [
        "/customers",
        "/myPages",
        "/books",
        "/deliverables",
        "/stockInputs",
        "/orders",
        "/deliveries",
        "/coupons",
        "/coupons/",
        "/mycoupons",
        "/myCoupons",
    ] {
        let (status, page) = system.get("gateway", path).await;
        assert_eq!((status, &page["page"]["totalElements"]), (StatusCode::OK, &json!(0)), "{path}");
    }
}

#[tokio::test]
async fn every_service_can_be_made_a_zombie_that_works_on() {
    let system = start(&[]).await;
    for service in SYSTEM.names() {
        assert_eq!(system.get_text(service, "/isHealthy").await, "");
        assert_eq!(system.get_text(service, "/makeZombie").await, "");
        let (status, problem) = system.get(service, "/isHealthy").await;
        assert_eq!(
            (status, &problem["message"]),
            (StatusCode::INTERNAL_SERVER_ERROR, &json!("zombie....."))
        );
        assert_eq!(system.get(service, "/actuator/health/readiness").await.0, StatusCode::OK);
        assert_eq!(system.get(service, "/v3/api-docs").await.1["info"]["title"], service);
    }
    assert_eq!(system.get("gateway", "/orders").await.0, StatusCode::OK);
}

#[test]
fn a_variable_that_makes_no_sense_is_refused_with_those_that_do() {
    let failure = |service: &str, variable: (&str, &str)| match SYSTEM
        .plan(service, Env::from_pairs([variable]))
    {
        Ok(_) => panic!("{variable:?} is accepted"),
        Err(error) => error.to_string(),
    };
    let messages = [
        failure("order", ("COUPON_OWNERSHIP", "mine")),
        failure("order", ("FAIL_CLOSED", "no")),
        failure("order", ("API_BOOKINVENTORY_URL", "localhost:8084")),
        failure("coupon", ("CONDITIONAL_UPDATE", "0")),
        failure("bookInventory", ("COMPENSATION", "never")),
        failure("customer", ("VERSION_GATE", "open")),
        failure("gateway", ("API_MYCOUPON_URL", "8086")),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

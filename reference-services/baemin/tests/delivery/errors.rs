//! What is refused, and how it is said.

use brunt_baemin::SYSTEM;
use brunt_kit::testing::Trial;
use http::StatusCode;
use serde_json::{Value, json};

fn refusal(body: &Value) -> String {
    format!("{} {} {}: {}", body["status"], body["error"], body["path"], body["message"])
}

#[tokio::test]
async fn malformed_requests_are_refused_and_use_up_no_id() {
    let system = Trial::start(&SYSTEM, &[]).await;
    let mut refused = Vec::new();
    for (method, service, path, body) in [
        ("POST", "order", "/orders", json!({"orderId": 1})),
        ("POST", "order", "/orders", json!({"productName": " "})),
        ("POST", "order", "/orders", json!({"productName": "TV", "productPrice": -1})),
        ("POST", "order", "/orders", json!({"productName": "TV", "orderTotalPrice": "many"})),
        ("POST", "order", "/orders", json!({"productName": "TV", "size": "large"})),
        ("POST", "order", "/orders", json!([])),
        ("GET", "order", "/orders/9", json!({})),
        ("DELETE", "order", "/orders/9", json!({})),
        ("DELETE", "order", "/orders/many", json!({})),
        ("PATCH", "order", "/orders/1", json!({"orderStatus": "Ordered"})),
        ("POST", "payment", "/payments", json!({"payAmount": 1})),
        ("POST", "payment", "/payments", json!({"orderId": 1, "payAmount": -1})),
        ("DELETE", "payment", "/payments/1", json!({})),
        ("POST", "delivery", "/deliveries", json!({})),
        ("GET", "delivery", "/deliveries/1", json!({})),
        ("POST", "orderDetail", "/orderDetails", json!({})),
        ("GET", "orderDetail", "/orderDetails/1", json!({})),
        ("GET", "gateway", "/others", json!({})),
    ] {
        let response = system.request(method, service, path, body).await;
        refused.push(format!("{method} {}", refusal(&response.json().await.unwrap())));
    }
    insta::assert_snapshot!(refused.join("\n"));
    assert_eq!(system.post("order", "/orders", json!({"productName": "TV"})).await.1["id"], 1);
    assert_eq!(system.get("payment", "/payments").await.1["page"]["totalElements"], 1);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let system = Trial::start(&SYSTEM, &[]).await;
    for service in ["order", "gateway"] {
        let (status, problem) =
            system.post(service, "/orders", json!({"productName": "x".repeat(1 << 20)})).await;
        assert_eq!(
            (status, &problem["status"]),
            (StatusCode::PAYLOAD_TOO_LARGE, &json!(413)),
            "{service}"
        );
    }
}

#[tokio::test]
async fn every_service_can_be_made_a_zombie_and_describes_itself() {
    let system = Trial::start(&SYSTEM, &[]).await;
    for service in SYSTEM.names() {
        assert_eq!(system.get_text(service, "/makeZombie").await, "");
        let (status, problem) = system.get(service, "/isHealthy").await;
        assert_eq!(
            (status, &problem["message"]),
            (StatusCode::INTERNAL_SERVER_ERROR, &json!("zombie....."))
        );
        assert_eq!(system.get(service, "/v3/api-docs").await.1["info"]["title"], service);
    }
    assert_eq!(system.get("gateway", "/orders").await.0, StatusCode::OK);
}

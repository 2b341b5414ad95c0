//! What is refused, and how it is said.

use brunt_fooddelivery::SYSTEM;
use brunt_kit::config::Env;
use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{pizza, placed, start};

fn refusal(body: &Value) -> String {
    format!("{} {} {}: {}", body["status"], body["error"], body["path"], body["message"])
}

fn with(field: &str, value: Value) -> Value {
    let mut order = pizza();
    order[field] = value;
    order
}

#[tokio::test]
async fn malformed_requests_are_refused_and_use_up_no_id() {
    let system = start(&[]).await;
    let mut refused = Vec::new();
    for (method, service, path, body) in [
        ("POST", "app", "/orders", json!({"qty": 1, "price": 1})),
        ("POST", "app", "/orders", json!({"menu": "Pizza", "price": 1})),
        ("POST", "app", "/orders", json!({"menu": "Pizza", "qty": 1})),
        ("POST", "app", "/orders", with("qty", json!(0))),
        ("POST", "app", "/orders", with("price", json!(-1))),
        ("POST", "app", "/orders", with("price", json!(1.5))),
        ("POST", "app", "/orders", with("deliveryType", json!("car"))),
        ("POST", "app", "/orders", with("status", json!("Delivered"))),
        ("POST", "app", "/orders", json!([])),
        ("PATCH", "app", "/orders/9", json!({"status": "Canceled"})),
        ("PUT", "app", "/orders/many/cancel", json!({})),
        ("POST", "app", "/reviews", json!({"rating": 5})),
        ("POST", "pay", "/payments", json!({"orderId": 1})),
        ("POST", "pay", "/payments", json!({"orderId": 1, "price": -1})),
        ("DELETE", "pay", "/payments/1", json!({})),
        ("PATCH", "store", "/storeOrders/1", json!({"accept": true})),
        ("PUT", "store", "/storeOrders/1/start", json!({})),
        ("PUT", "rider", "/deliveries/1/pick", json!({})),
        ("PUT", "rider", "/deliveries/1/pick", json!({"deliveryType": "car"})),
        ("POST", "customer", "/notifications", json!({})),
        ("GET", "customer", "/myPages/1", json!({})),
        ("GET", "gateway", "/mypizza", json!({})),
    ] {
        let response = system.request(method, service, path, body).await;
        refused.push(format!("{method} {}", refusal(&response.json().await.unwrap())));
    }
    insta::assert_snapshot!(refused.join("\n"));
    assert_eq!(system.post("app", "/orders", pizza()).await.1["id"], 1);
    assert_eq!(system.get("pay", "/payments").await.1["page"]["totalElements"], 1);
}

#[tokio::test]
async fn only_the_status_of_an_order_changes() {
    let system = start(&[]).await;
    placed(&system).await;
    let canceled = |mut order: Value| {
        order["status"] = json!("Canceled");
        order
    };
    let (_, whole) = system.get("app", "/orders/1").await;
    for body in [
        whole.clone(),
        json!({}),
        canceled(with("qty", json!(3))),
        json!({"status": "Delivered"}),
        json!({"note": ""}),
    ] {
        let (status, _) = system.patch("app", "/orders/1", body.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    }
    for body in [
        json!({}),
        json!({"accept": "yes"}),
        json!({"accept": 1}),
        json!({"status": "Cooked"}),
        json!({"id": 2}),
    ] {
        let (status, _) = system.patch("store", "/storeOrders/1", body.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(system.get("app", "/orders/1").await.1["status"], "Placed");
    let (status, order) = system.patch("app", "/orders/1", canceled(whole.clone())).await;
    assert_eq!((status, order), (StatusCode::OK, canceled(whole)));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let system = start(&[]).await;
    for service in ["app", "gateway"] {
        let (status, problem) =
            system.post(service, "/orders", with("menu", json!("x".repeat(1 << 20)))).await;
        assert_eq!(
            (status, &problem["status"]),
            (StatusCode::PAYLOAD_TOO_LARGE, &json!(413)),
            "{service}"
        );
    }
}

#[test]
fn a_service_that_cannot_be_configured_says_what_to_do() {
    let mut said = Vec::new();
    for (service, name, value) in [
        ("app", "API_PAY_URL", "pay:8082"),
        ("app", "FAIL_CLOSED", "no"),
        ("pay", "COMPENSATION", "maybe"),
        ("store", "API_APP_URL", "https://app"),
        ("rider", "PORT", "bike"),
        ("customer", "VERSION_GATE", "ajar"),
        ("gateway", "GATEWAY_TIMEOUT", "10"),
        ("shop", "PORT", "1"),
    ] {
        said.push(
            SYSTEM.plan(service, Env::from_pairs([(name, value)])).err().unwrap().to_string(),
        );
    }
    insta::assert_snapshot!(said.join("\n"));
}

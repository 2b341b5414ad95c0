//! What is refused, and how it is said.

use brunt_coffee::SYSTEM;
use brunt_kit::config::Env;
use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{SLOW, start};

fn refusal(body: &Value) -> String {
    format!("{} {} {}: {}", body["status"], body["error"], body["path"], body["message"])
}

#[tokio::test]
async fn malformed_requests_are_refused_and_use_up_no_id() {
    let system = start(&[SLOW]).await;
    let mut refused = Vec::new();
    for (method, service, path, body) in [
        ("POST", "order", "/orders", json!({"qty": 1})),
        ("POST", "order", "/orders", json!({"productName": "Latte"})),
        ("POST", "order", "/orders", json!({"productName": "Latte", "qty": 0})),
        ("POST", "order", "/orders", json!({"productName": "Latte", "qty": 1.5})),
        ("POST", "order", "/orders", json!({"productName": "Latte", "qty": 1, "size": "large"})),
        ("POST", "order", "/orders", json!([])),
        ("PATCH", "order", "/orders/9", json!({"status": "Canceled"})),
        ("PATCH", "order", "/orders/many", json!({"status": "Canceled"})),
        ("DELETE", "order", "/orders/1", json!({})),
        ("POST", "product", "/products/cancel", json!({})),
        ("POST", "stock", "/stocks", json!({"productName": "Latte", "qty": 1})),
        ("POST", "stock", "/stocks", json!({"productName": "Mocha", "qty": -1})),
        ("POST", "stock", "/stocks/reduce", json!({"productName": "Latte", "qty": 0})),
        ("POST", "customercenter", "/mypages", json!({})),
        ("GET", "customercenter", "/yourpages", json!({})),
        ("GET", "gateway", "/yourpages", json!({})),
    ] {
        let response = system.request(method, service, path, body).await;
        refused.push(format!("{method} {}", refusal(&response.json().await.unwrap())));
    }
    insta::assert_snapshot!(refused.join("\n"));
    let (_, order) =
        system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    assert_eq!(order["id"], 1);
    let (_, stock) =
        system.post("stock", "/stocks", json!({"productName": "Mocha", "qty": 1})).await;
    assert_eq!(stock["id"], 4);
}

#[tokio::test]
async fn only_the_status_of_an_order_changes() {
    let system = start(&[SLOW]).await;
    system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    let (_, whole) = system.get("order", "/orders/1").await;
    let wrong = [
        whole.clone(),
        json!({}),
        json!({"qty": 2, "status": "Canceled"}),
        json!({"status": "Completed"}),
        json!({"status": 1}),
        json!({"note": ""}),
    ];
    for body in wrong {
        let (status, _) = system.patch("order", "/orders/1", body.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    }
    let mut canceled = whole;
    canceled["status"] = json!("Canceled");
    let response = system.request("PUT", "order", "/orders/1", canceled.clone()).await;
    assert_eq!(response.json::<Value>().await.unwrap(), canceled);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let system = start(&[]).await;
    for service in ["order", "gateway"] {
        let name = "x".repeat(1 << 20);
        let (status, problem) =
            system.post(service, "/orders", json!({"productName": name, "qty": 1})).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(problem["status"], 413, "{service}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_there_names_those_that_are() {
    let system = start(&[]).await;
    let response = system.request("DELETE", "order", "/orders/1", json!({})).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    let mut allowed: Vec<_> = response.headers()["allow"].to_str().unwrap().split(',').collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "PATCH", "PUT"]);
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
        let (status, health) = system.get(service, "/actuator/health/liveness").await;
        assert_eq!((status, health), (StatusCode::SERVICE_UNAVAILABLE, json!({"status": "DOWN"})));
        assert_eq!(system.get(service, "/actuator/health/readiness").await.0, StatusCode::OK);
        let (_, api) = system.get(service, "/v3/api-docs").await;
        assert_eq!(api["info"]["title"], service);
    }
    assert_eq!(system.get("gateway", "/stocks/1").await.1["productName"], "Americano");
}

#[test]
fn a_service_that_cannot_start_says_what_to_do() {
    let directory = tempfile::TempDir::new().unwrap();
    let data = directory.path().to_str().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().port().to_string();
    let file = format!("{data}/file");
    std::fs::write(&file, "").unwrap();
    std::fs::write(format!("{data}/stock.db"), "no store ".repeat(1000)).unwrap();
    let failure = |service: &str, variables: &[(&str, &str)]| {
        let env =
            Env::from_pairs([("DATA_DIR", data), ("PORT", "0")].iter().chain(variables).copied());
        let error =
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(
                async {
                    let plan = SYSTEM.plan(service, env)?;
                    plan.take_port()?;
                    plan.build().map(drop)
                },
            );
        error.unwrap_err().to_string().replace(data, "DIR").replace(&taken, "TAKEN")
    };
    let messages = [
        failure("tea", &[]),
        failure("order", &[("PORT", &taken)]),
        failure("order", &[("DATA_DIR", &file)]),
        failure("stock", &[]),
        failure("order", &[("EVENT_LOG", &format!("sqlite:{file}/events.db"))]),
        failure("order", &[("EVENT_LOG", "kafka:localhost:9092")]),
        failure("order", &[("API_PRODUCT_URL", "localhost:8082")]),
        failure("product", &[("MAKING_TIME", "soon")]),
        failure("stock", &[("INITIAL_STOCK", "Latte")]),
        failure("gateway", &[("GATEWAY_TIMEOUT", "1")]),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

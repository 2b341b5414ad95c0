//! Services that are down, and come back.

use brunt_baemin::SYSTEM;
use brunt_kit::testing::Trial;
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn with_payment_down_nothing_is_ordered_and_no_id_is_used_up() {
    let mut system = Trial::start(&SYSTEM, &[]).await;
    system.stop("payment").await;
    for _ in 0..3 {
        let tv = json!({"productName": "TV", "productPrice": 9});
        let response = system.request("POST", "order", "/orders", tv).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key("retry-after"));
    }
    assert_eq!(system.get("order", "/orders").await.1["page"]["totalElements"], 0);
    system.restart("payment").await;
    let (status, order) = system.post("order", "/orders", json!({"productName": "TV"})).await;
    assert_eq!((status, &order["id"]), (StatusCode::CREATED, &json!(1)));
}

#[tokio::test]
async fn without_failing_closed_an_unpaid_order_is_accepted() {
    let mut system = Trial::start(&SYSTEM, &[("FAIL_CLOSED", "off")]).await;
    system.stop("payment").await;
    let (status, _) = system.post("order", "/orders", json!({"productName": "TV"})).await;
    assert_eq!(status, StatusCode::CREATED);
    system.restart("payment").await;
    assert_eq!(system.get("payment", "/payments").await.1["page"]["totalElements"], 0);
}

#[tokio::test]
async fn the_view_is_readable_with_everything_else_down() {
    let mut system = Trial::start(&SYSTEM, &[]).await;
    system.post("order", "/orders", json!({"productName": "TV", "productPrice": 9})).await;
    let shown = |view: &serde_json::Value| view["orderStatus"] == "DeliveryStarted";
    system.until("orderDetail", "/orderDetails/1", shown).await;
    for service in ["order", "payment", "delivery"] {
        system.stop(service).await;
    }
    let (status, view) = system.get("gateway", "/orderDetails/1").await;
    assert_eq!((status, &view["payAmount"]), (StatusCode::OK, &json!(9)));
    assert_eq!(system.get("gateway", "/orders/1").await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn with_delivery_down_orders_go_on_and_are_delivered_later() {
    let mut system = Trial::start(&SYSTEM, &[]).await;
    system.stop("delivery").await;
    let (status, _) = system.post("order", "/orders", json!({"productName": "TV"})).await;
    assert_eq!(status, StatusCode::CREATED);
    system.restart("delivery").await;
    system.until("order", "/orders/1", |order| order["orderStatus"] == "DeliveryStarted").await;
}

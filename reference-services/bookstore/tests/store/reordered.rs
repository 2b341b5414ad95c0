//! Events that overtake each other: what is told late never undoes what is known.

use std::collections::BTreeMap;

use brunt_bookstore::TOPIC;
use brunt_kit::log::NewRecord;
use brunt_kit::testing::Trial;
use serde_json::{Value, json};

use crate::system::{until_deliverable, until_delivery, until_page, with_stock};

/// Tells an event as if another service had sent it.
async fn tell(system: &Trial, event_type: &str, aggregate: i64, version: u64, mut body: Value) {
    body["eventType"] = json!(event_type);
    body["timestamp"] = json!("20200909021422");
    body["eventId"] = json!(format!("{event_type}-{aggregate}-{version}"));
    body["aggregateId"] = json!(aggregate);
    body["version"] = json!(version);
    body["correlationId"] = json!("c");
    let record = NewRecord {
        topic: TOPIC.to_owned(),
        key: aggregate.to_string(),
        value: body.to_string().into(),
        headers: BTreeMap::new(),
    };
    system.log().append(vec![record]).await.unwrap();
}

fn order_event(status: &str) -> Value {
    json!({"orderId": 7, "bookId": 1, "customerId": 1, "quantity": 10, "deliveryAddress": "Seoul",
           "couponId": 1, "orderStatus": status})
}

fn delivery_event(status: &str) -> Value {
    json!({"id": 70, "orderId": 7, "deliveryAddress": "Seoul", "deliveryStatus": status})
}

#[tokio::test]
async fn a_cancellation_that_overtakes_its_order_leaves_nothing_to_do_for_it() {
    let system = with_stock(100, &[]).await;
    tell(&system, "OrderCanceled", 7, 2, order_event("OrderCanceled")).await;
    system.until_received("bookInventory", "OrderCanceled", "applied", 1).await;
    system.until_received("coupon", "OrderCanceled", "applied", 1).await;
    system.until_received("delivery", "OrderCanceled", "applied", 1).await;
    tell(&system, "Ordered", 7, 1, order_event("Ordered")).await;
    system.until_received("bookInventory", "Ordered", "applied", 1).await;
    system.until_received("coupon", "Ordered", "applied", 1).await;
    until_deliverable(&system, 7, "OrderCanceled").await;
    until_delivery(&system, 7, "CancelDelivery").await;
    until_page(&system, 7, "OrderCanceled").await;
    assert_eq!(system.get("bookInventory", "/deliverables").await.1["page"]["totalElements"], 1);
    assert_eq!(system.get("bookInventory", "/books/1").await.1["stock"], 100);
    assert_eq!(system.get("coupon", "/coupons/1").await.1["couponStatus"], "Registered");
}

#[tokio::test]
async fn books_that_are_there_before_their_order_is_known_are_brought() {
    let system = with_stock(0, &[]).await;
    tell(
        &system,
        "DeliveryPrepared",
        3,
        2,
        json!({"deliverableId": 3, "orderId": 7, "status": "x"}),
    )
    .await;
    system.until_received("delivery", "DeliveryPrepared", "applied", 1).await;
    tell(&system, "Ordered", 7, 1, order_event("Ordered")).await;
    until_delivery(&system, 7, "Shipped").await;
}

/// A delivery's last step is told before the one that it followed; gives what My Page shows
/// in the end.
async fn shown_after_a_late_step(version_gate: &str) -> Value {
    let system = with_stock(0, &[("VERSION_GATE", version_gate)]).await;
    for (version, status) in [(4, "Delivered"), (2, "Shipped"), (3, "Loaded")] {
        tell(&system, "DeliveryStatusChanged", 70, version, delivery_event(status)).await;
    }
    system.until_received("customer", "DeliveryStatusChanged", "applied", 3).await;
    system.get("customer", "/myPages/1").await.1["orderStatus"].clone()
}

#[tokio::test]
async fn with_the_version_gate_my_page_never_goes_backwards() {
    assert_eq!(shown_after_a_late_step("on").await, "Delivered");
}

#[tokio::test]
async fn without_the_version_gate_my_page_goes_backwards() {
    assert_eq!(shown_after_a_late_step("off").await, "Loaded");
}

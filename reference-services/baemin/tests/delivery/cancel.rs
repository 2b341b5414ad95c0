//! Cancel, in every state and order of events.

use std::collections::BTreeMap;

use brunt_baemin::{SYSTEM, TOPIC};
use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::log::NewRecord;
use brunt_kit::testing::Trial;
use http::{HeaderMap, StatusCode};
use serde_json::json;

async fn order_on_its_way(system: &Trial) {
    system.post("order", "/orders", json!({"productName": "TV", "productPrice": 9})).await;
    system.until("order", "/orders/1", |order| order["orderStatus"] == "DeliveryStarted").await;
}

#[tokio::test]
async fn a_cancellation_refunds_the_payment_and_cancels_the_delivery() {
    let system = Trial::start(&SYSTEM, &[]).await;
    order_on_its_way(&system).await;
    assert_eq!(system.delete("gateway", "/orders/1").await.0, StatusCode::NO_CONTENT);
    for (method_again, expected) in
        [("order", StatusCode::NOT_FOUND), ("gateway", StatusCode::NOT_FOUND)]
    {
        assert_eq!(system.delete(method_again, "/orders/1").await.0, expected);
        assert_eq!(system.get(method_again, "/orders/1").await.0, expected);
    }
    system.until("payment", "/payments", |page| page["page"]["totalElements"] == 0).await;
    system
        .until("delivery", "/deliveries/1", |parcel| parcel["orderStatus"] == "DeliveryCanceled")
        .await;
    let view = system
        .until("orderDetail", "/orderDetails/1", |view| view["orderStatus"] == "DeliveryCanceled")
        .await;
    assert_eq!(
        (&view["payStatus"], &view["productName"]),
        (&json!("PaymentCanceled"), &json!("TV"))
    );
    let (_, next) = system.post("order", "/orders", json!({"productName": "TV"})).await;
    assert_eq!(next["id"], 2, "an order's id is not used again");
}

#[tokio::test]
async fn with_payment_down_a_cancellation_is_accepted_and_refunded_later() {
    let mut system = Trial::start(&SYSTEM, &[]).await;
    order_on_its_way(&system).await;
    system.stop("payment").await;
    assert_eq!(system.delete("order", "/orders/1").await.0, StatusCode::NO_CONTENT);
    system.restart("payment").await;
    system.until("payment", "/payments", |page| page["page"]["totalElements"] == 0).await;
    system
        .until("delivery", "/deliveries/1", |parcel| parcel["orderStatus"] == "DeliveryCanceled")
        .await;
}

#[tokio::test]
async fn an_order_whose_payment_is_refunded_is_not_delivered() {
    let system = Trial::start(&SYSTEM, &[]).await;
    order_on_its_way(&system).await;
    assert_eq!(system.delete("payment", "/payments/1").await.0, StatusCode::NO_CONTENT);
    assert_eq!(system.delete("payment", "/payments/1").await.0, StatusCode::NOT_FOUND);
    system.until("order", "/orders/1", |order| order["orderStatus"] == "DeliveryCanceled").await;
}

/// As another service would publish it.
async fn publish(system: &Trial, event_type: &'static str, version: u64, body: serde_json::Value) {
    let subject = Subject { event_type, aggregate_id: 1, version };
    let event = Envelope::new(subject, &Cause::command(&HeaderMap::new()), &body).unwrap();
    let record = NewRecord {
        topic: TOPIC.to_owned(),
        key: "1".to_owned(),
        value: serde_json::to_vec(&event).unwrap().into(),
        headers: BTreeMap::new(),
    };
    system.log().append(vec![record]).await.unwrap();
}

#[tokio::test]
async fn a_cancellation_that_overtakes_its_payment_prevents_it() {
    let system = Trial::start(&SYSTEM, &[]).await;
    publish(&system, "OrderCanceled", 1, json!({"id": 5})).await;
    let received = "eventType=\"OrderCanceled\",outcome=\"applied\"} 1";
    system.until_text("payment", "/actuator/prometheus", |text| text.contains(received)).await;
    let (status, _) =
        system.post("payment", "/payments", json!({"orderId": 5, "payAmount": 9})).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_payment_whose_refund_arrives_first_is_not_delivered() {
    let system = Trial::start(&SYSTEM, &[]).await;
    publish(
        &system,
        "PaymentCanceled",
        2,
        json!({"orderId": 5, "payAmount": 9, "payStatus": "PaymentCanceled"}),
    )
    .await;
    publish(
        &system,
        "PaymentApproved",
        1,
        json!({"orderId": 5, "payAmount": 9, "payStatus": "PaymentApproved"}),
    )
    .await;
    let received = "eventType=\"PaymentApproved\",outcome=\"applied\"} 1";
    for service in ["delivery", "orderDetail"] {
        system.until_text(service, "/actuator/prometheus", |text| text.contains(received)).await;
    }
    let (_, deliveries) = system.get("delivery", "/deliveries").await;
    assert_eq!(deliveries["page"]["totalElements"], 1);
    assert_eq!(deliveries["_embedded"]["deliveries"][0]["orderStatus"], "DeliveryCanceled");
    assert_eq!(
        system.get("orderDetail", "/orderDetails/1").await.1["payStatus"],
        "PaymentCanceled"
    );
}

#[tokio::test]
async fn without_the_version_gate_a_view_goes_backwards() {
    let system = Trial::start(&SYSTEM, &[("VERSION_GATE", "off")]).await;
    order_on_its_way(&system).await;
    let (_, order) = system.get("order", "/orders/1").await;
    // Which of the two is heard of first is anybody's guess; only what comes after both is late for
    // sure.
    for event in ["Ordered", "DeliveryStarted"] {
        let received = format!("eventType=\"{event}\",outcome=\"applied\"}} 1");
        system
            .until_text("orderDetail", "/actuator/prometheus", |text| text.contains(&received))
            .await;
    }
    let mut late = order;
    late["orderStatus"] = json!("Ordered");
    publish(&system, "Ordered", 1, late).await;
    system.until("orderDetail", "/orderDetails/1", |view| view["orderStatus"] == "Ordered").await;
}

//! Orders that are called off, in every state.

use brunt_kit::log::NewRecord;
use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{advance, pizza, placed, put, start, told, until_told, without};

#[tokio::test]
async fn before_cooking_an_order_is_canceled_with_its_payment_and_delivery() {
    for accepted in [false, true] {
        let system = start(&[]).await;
        placed(&system).await;
        if accepted {
            advance(&system, "Accepted").await;
        }
        let (status, order) =
            system.patch("gateway", "/orders/1", json!({"status": "Canceled"})).await;
        assert_eq!((status, &order["status"]), (StatusCode::OK, &json!("Canceled")));
        for (service, path) in
            [("pay", "/payments/1"), ("store", "/storeOrders/1"), ("rider", "/deliveries/1")]
        {
            system.until(service, path, |item| item["status"] == "Canceled").await;
        }
        let page = system
            .until("customer", "/myPages/1", |page| {
                page["orderStatus"] == "Canceled" && page["payStatus"] == "Canceled"
            })
            .await;
        assert_eq!(page["menu"], "피자");
        for command in ["accept", "start"] {
            let (status, _) = put(&system, "store", &format!("/storeOrders/1/{command}")).await;
            assert_eq!(status, StatusCode::CONFLICT);
        }
        // Once more, by the other ways.
        assert_eq!(put(&system, "app", "/orders/1/cancel").await.0, StatusCode::OK);
        assert_eq!(put(&system, "app", "/orders/1/cancel").await.0, StatusCode::OK);
        assert_eq!(
            until_told(&system, 2 + u64::from(accepted)).await.last().unwrap(),
            "Your order is canceled"
        );
    }
}

#[tokio::test]
async fn once_cooking_has_begun_an_order_is_not_canceled() {
    let system = start(&[]).await;
    placed(&system).await;
    let mut reached = "Accepted";
    advance(&system, reached).await;
    for (service, path, next) in [
        ("store", "/storeOrders/1/start", "Cooking"),
        ("store", "/storeOrders/1/finish", "Cooked"),
        ("rider", "/deliveries/1/pick", "Picked"),
        ("rider", "/deliveries/1/deliver", "Delivered"),
    ] {
        system
            .until("rider", "/deliveries/1", |it| reached != "Cooked" || it["status"] == "Ready")
            .await;
        assert_eq!(put(&system, service, path).await.0, StatusCode::OK, "{path}");
        system.until("app", "/orders/1", |order| order["status"] == next).await;
        reached = next;
        let (status, problem) = put(&system, "app", "/orders/1/cancel").await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(
            problem["message"],
            format!("the order cannot be canceled any more: it is {next}")
        );
    }
    assert_eq!(system.get("pay", "/payments/1").await.1["status"], "Paid");
    assert!(!told(&system).await.contains(&"Your order is canceled".to_owned()));
}

fn record(event_type: &str, id: &str, body: &Value) -> NewRecord {
    let mut event = json!({
        "eventType": event_type, "timestamp": "20200909021422", "eventId": id,
        "aggregateId": 7, "version": 1,
        "correlationId": "c",
    });
    event.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    NewRecord {
        topic: "fooddelivery".to_owned(),
        key: "7".to_owned(),
        value: event.to_string().into_bytes().into(),
        headers: std::collections::BTreeMap::new(),
    }
}

#[tokio::test]
async fn a_cancellation_that_overtakes_its_order_prevents_cooking_and_payment() {
    let system = start(&[]).await;
    let mut order = pizza();
    order["id"] = json!(7);
    let events =
        vec![record("OrderCanceled", "late", &order), record("OrderPlaced", "early", &order)];
    system.log().append(events).await.unwrap();
    system.until("customer", "/notifications", |page| page["page"]["totalElements"] == 2).await;
    system.until("customer", "/myPages/1", |page| page["orderStatus"] == "Canceled").await;
    for (service, path) in [("store", "/storeOrders"), ("rider", "/deliveries")] {
        system.until_received(service, "OrderPlaced", "applied", 1).await;
        let all = system.get(service, path).await.1;
        assert_eq!(all["page"]["totalElements"], 1, "{all}");
        assert_eq!(system.get(service, &format!("{path}/1")).await.1["status"], "Canceled");
    }
    system.until_received("pay", "OrderCanceled", "applied", 1).await;
    let (status, _) = system.post("pay", "/payments", json!({"orderId": 7, "price": 1})).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_is_cooked_before_the_rider_knows_of_the_order_is_delivered_once() {
    let system = start(&[]).await;
    let mut order = pizza();
    order["id"] = json!(7);
    let cooked =
        json!({"id": 1, "orderId": 7, "accept": true, "status": "Cooked", "deliveryType": "walk"});
    let events =
        vec![record("CookFinished", "late", &cooked), record("OrderPlaced", "early", &order)];
    system.log().append(events).await.unwrap();
    system.until_received("rider", "OrderPlaced", "applied", 1).await;
    let all = system.get("rider", "/deliveries").await.1;
    assert_eq!(all["page"]["totalElements"], 1, "{all}");
    assert_eq!(put(&system, "rider", "/deliveries/1/pick").await.1["status"], "Picked");
    // What was said before anybody knew to whom has its addressee now.
    let told = system
        .until("customer", "/notifications/1", |notification| notification["customer"] == "서울")
        .await;
    assert_eq!(told["text"], "Your order is cooked");
}

#[tokio::test]
async fn without_compensation_money_food_and_delivery_stay_as_they_were() {
    let system = start(&[("COMPENSATION", "off")]).await;
    placed(&system).await;
    assert_eq!(put(&system, "app", "/orders/1/cancel").await.0, StatusCode::OK);
    until_told(&system, 2).await;
    for service in ["pay", "store", "rider"] {
        system.until_received(service, "OrderCanceled", "ignored", 1).await;
    }
    assert_eq!(system.get("pay", "/payments/1").await.1["status"], "Paid");
    assert_eq!(system.get("store", "/storeOrders/1").await.1["status"], "Received");
    assert_eq!(system.get("rider", "/deliveries/1").await.1["status"], "Waiting");
}

#[tokio::test]
async fn with_store_and_rider_down_a_cancel_is_accepted_and_reaches_them_later() {
    let mut system = without(&["store", "rider", "pay"], &[]).await;
    system.restart("pay").await;
    system.post("app", "/orders", pizza()).await;
    assert_eq!(put(&system, "app", "/orders/1/cancel").await.0, StatusCode::OK);
    system.restart("store").await;
    system.restart("rider").await;
    system.until("store", "/storeOrders/1", |order| order["status"] == "Canceled").await;
    system.until("rider", "/deliveries/1", |delivery| delivery["status"] == "Canceled").await;
}

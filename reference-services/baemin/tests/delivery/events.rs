//! Events that come twice.

use std::collections::BTreeMap;

use brunt_baemin::{SYSTEM, TOPIC};
use brunt_kit::log::{NewRecord, Rewind};
use brunt_kit::testing::Trial;
use serde_json::{Value, json};

const COLLECTIONS: [(&str, &str); 4] = [
    ("order", "/orders"),
    ("payment", "/payments"),
    ("delivery", "/deliveries"),
    ("orderDetail", "/orderDetails"),
];

/// One order that is on its way, and one that was cancelled.
async fn system_with_history(inbox: &str) -> Trial {
    let system = Trial::start(&SYSTEM, &[("INBOX", inbox)]).await;
    for id in 1..=2 {
        system.post("order", "/orders", json!({"productName": "TV", "productPrice": 9})).await;
        let path = format!("/orders/{id}");
        system.until("order", &path, |order| order["orderStatus"] == "DeliveryStarted").await;
    }
    system.delete("order", "/orders/2").await;
    let ended = |page: &Value| {
        let views = page["_embedded"]["orderDetails"].as_array().unwrap();
        views.iter().any(|view| view["orderStatus"] == "DeliveryCanceled")
            && views.iter().all(|view| view["productName"] == "TV")
    };
    system.until("orderDetail", "/orderDetails", ended).await;
    system
}

/// Twice Ordered, PaymentApproved and DeliveryStarted; once their opposites.
const EVENTS: usize = 9;

async fn until_all_came_again(system: &Trial) {
    system.until_received("payment", "OrderCanceled", "duplicate", 1).await;
    system.until_received("delivery", "PaymentApproved", "duplicate", 2).await;
    system.until_received("order", "DeliveryCanceled", "duplicate", 1).await;
    system.until_received("orderDetail", "DeliveryCanceled", "duplicate", 1).await;
}

#[tokio::test]
async fn with_the_inbox_events_that_come_twice_change_nothing() {
    let system = system_with_history("on").await;
    let before = system.state(&COLLECTIONS).await;
    system.duplicate(TOPIC, EVENTS).await;
    until_all_came_again(&system).await;
    assert_eq!(system.state(&COLLECTIONS).await, before);
}

#[tokio::test]
async fn with_the_inbox_rewound_offsets_change_nothing() {
    let system = system_with_history("on").await;
    let before = system.state(&COLLECTIONS).await;
    for group in ["order", "payment", "delivery", "orderDetail"] {
        system.log().rewind(group, TOPIC, Rewind::Beginning).await.unwrap();
    }
    until_all_came_again(&system).await;
    assert_eq!(system.state(&COLLECTIONS).await, before);
}

#[tokio::test]
async fn without_the_inbox_an_order_is_delivered_twice() {
    let system = system_with_history("off").await;
    system.duplicate(TOPIC, EVENTS).await;
    let twice = |page: &Value| page["page"]["totalElements"] == 3;
    let page = system.until("delivery", "/deliveries", twice).await;
    assert_eq!(page["_embedded"]["deliveries"][2]["orderId"], 1);
}

#[tokio::test]
async fn a_poison_event_becomes_a_dead_letter_and_later_orders_go_on() {
    let system = Trial::start(&SYSTEM, &[]).await;
    let poison = NewRecord {
        topic: TOPIC.to_owned(),
        key: "1".to_owned(),
        value: r#"{"eventType":"PaymentApproved","orderId":"no envelope"}"#.into(),
        headers: BTreeMap::new(),
    };
    system.log().append(vec![poison]).await.unwrap();
    system.post("order", "/orders", json!({"productName": "TV"})).await;
    system.until("order", "/orders/1", |order| order["orderStatus"] == "DeliveryStarted").await;
    system.until_received("delivery", "?", "dead", 1).await;
}

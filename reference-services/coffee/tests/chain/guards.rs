//! What protects, and that nothing else does.

use std::collections::BTreeMap;

use brunt_coffee::TOPIC;
use brunt_kit::log::{NewRecord, Rewind};
use brunt_kit::testing::Trial;
use serde_json::{Value, json};

use crate::lost_reply::LostReply;
use crate::system::start;

const COLLECTIONS: [(&str, &str); 4] = [
    ("order", "/orders"),
    ("product", "/products"),
    ("stock", "/stocks"),
    ("customercenter", "/mypages"),
];

/// One order that was completed, and one that was cancelled by product before it arrived.
async fn system_with_history(inbox: &str) -> Trial {
    let system = start(&[("MAKING_TIME", "0ms"), ("INBOX", inbox)]).await;
    for _ in 0..2 {
        system.post("order", "/orders", json!({"productName": "Latte", "qty": 2})).await;
    }
    for id in 1..=2 {
        let path = format!("/mypages/{id}");
        system
            .until("order", &format!("/orders/{id}"), |order| order["status"] == "Completed")
            .await;
        system.until("customercenter", &path, |page| page["orderStatus"] == "Completed").await;
    }
    system
}

/// Twice Ordered, StockReduced and Produced.
const EVENTS: usize = 6;

#[tokio::test]
async fn with_the_inbox_events_that_come_twice_change_nothing() {
    let system = system_with_history("on").await;
    let before = system.state(&COLLECTIONS).await;
    system.duplicate(TOPIC, EVENTS).await;
    system.until_received("product", "Ordered", "duplicate", 2).await;
    system.until_received("order", "Produced", "duplicate", 2).await;
    system.until_received("customercenter", "Produced", "duplicate", 2).await;
    assert_eq!(system.state(&COLLECTIONS).await, before);
}

#[tokio::test]
async fn without_the_inbox_an_order_that_comes_twice_is_made_twice() {
    let system = system_with_history("off").await;
    system.duplicate(TOPIC, EVENTS).await;
    system.until("product", "/products/4", |product| product["status"] == "Completed").await;
    let taken = |stock: &Value| 1_000_000 - stock["qty"].as_i64().unwrap_or_default();
    assert_eq!(taken(&system.get("stock", "/stocks/3").await.1), 8);
}

#[tokio::test]
async fn with_the_inbox_rewound_offsets_change_nothing() {
    let system = system_with_history("on").await;
    let before = system.state(&COLLECTIONS).await;
    for group in ["product", "order", "customercenter"] {
        system.log().rewind(group, TOPIC, Rewind::Beginning).await.unwrap();
    }
    system.until_received("product", "Ordered", "duplicate", 2).await;
    system.until_received("order", "Produced", "duplicate", 2).await;
    system.until_received("customercenter", "Produced", "duplicate", 2).await;
    assert_eq!(system.state(&COLLECTIONS).await, before);
}

#[tokio::test]
async fn the_metrics_show_which_guards_are_on() {
    let system = start(&[("INBOX", "off")]).await;
    for service in ["order", "product", "stock", "customercenter"] {
        let text = system.get_text(service, "/actuator/prometheus").await;
        assert!(
            text.contains("guard_enabled{guard=\"outbox\"} 1\nguard_enabled{guard=\"inbox\"} 0\n"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn without_failing_closed_a_canceled_order_is_made() {
    let mut system = start(&[("MAKING_TIME", "0ms"), ("FAIL_CLOSED", "off")]).await;
    system.stop("product").await;
    system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    let (_, order) = system.patch("order", "/orders/1", json!({"status": "Canceled"})).await;
    assert_eq!(order["status"], "Canceled");
    system.restart("product").await;
    system.until("product", "/products/1", |product| product["status"] == "Completed").await;
    assert_eq!(system.get("order", "/orders/1").await.1["status"], "Canceled");
    assert_eq!(system.get("stock", "/stocks/3").await.1["qty"], 1_000_000 - 1);
}

#[tokio::test]
async fn a_poison_event_becomes_a_dead_letter_and_later_orders_go_on() {
    let system = start(&[("MAKING_TIME", "0ms")]).await;
    let poison = NewRecord {
        topic: TOPIC.to_owned(),
        key: "1".to_owned(),
        value: r#"{"eventType":"Ordered","qty":"no envelope"}"#.into(),
        headers: BTreeMap::new(),
    };
    system.log().append(vec![poison]).await.unwrap();
    system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    system.until("order", "/orders/1", |order| order["status"] == "Completed").await;
    system.until_received("product", "?", "dead", 1).await;
}

/// One order, of whose first answer from stock product hears nothing; gives how much was taken.
async fn taken_although_the_answer_was_lost(idempotency_key: &str) -> i64 {
    let between = LostReply::start().await;
    let url = format!("http://{}", between.address);
    let variables =
        [("MAKING_TIME", "0ms"), ("IDEMPOTENCY_KEY", idempotency_key), ("API_STOCK_URL", &url)];
    let system = start(&variables).await;
    between.lead_to(system.address("stock"));
    system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    system.until("order", "/orders/1", |order| order["status"] == "Completed").await;
    1_000_000 - system.get("stock", "/stocks/3").await.1["qty"].as_i64().unwrap()
}

#[tokio::test]
async fn with_the_idempotency_key_a_lost_answer_takes_stock_once() {
    assert_eq!(taken_although_the_answer_was_lost("on").await, 1);
}

#[tokio::test]
async fn without_the_idempotency_key_a_lost_answer_takes_stock_twice() {
    assert_eq!(taken_although_the_answer_was_lost("off").await, 2);
}

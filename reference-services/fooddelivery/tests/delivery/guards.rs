//! What the guards protect from, shown by taking each of them away. Those about payment are beside
//! its tests, and compensation's beside those of cancels.

use std::collections::BTreeMap;

use brunt_kit::log::{NewRecord, Rewind};
use brunt_kit::testing::Trial;
use http::StatusCode;
use serde_json::Value;

use crate::system::{advance, pizza, placed, put, start, until_told};

const TOPIC: &str = "fooddelivery";
const COLLECTIONS: [(&str, &str); 6] = [
    ("app", "/orders"),
    ("pay", "/payments"),
    ("store", "/storeOrders"),
    ("rider", "/deliveries"),
    ("customer", "/notifications"),
    ("customer", "/myPages"),
];

/// An order that is on its way: OrderPlaced, Paid, OrderAccepted, CookStarted,
/// CookFinished and Picked.
async fn system_with_history(inbox: &str) -> Trial {
    let system = start(&[("INBOX", inbox)]).await;
    placed(&system).await;
    advance(&system, "Picked").await;
    until_told(&system, 5).await;
    system.until("customer", "/myPages/1", |page| page["payStatus"] == "Paid").await;
    system
}

/// OrderPlaced, Paid, OrderAccepted, CookStarted, CookFinished and Picked.
const EVENTS: usize = 6;

async fn until_all_were_received_twice(system: &Trial) {
    for (service, event_type) in
        [("app", "Picked"), ("store", "OrderPlaced"), ("rider", "CookFinished")]
    {
        system.until_received(service, event_type, "duplicate", 1).await;
    }
    for event_type in
        ["OrderPlaced", "Paid", "OrderAccepted", "CookStarted", "CookFinished", "Picked"]
    {
        system.until_received("customer", event_type, "duplicate", 1).await;
    }
}

#[tokio::test]
async fn with_the_inbox_events_that_come_twice_change_nothing() {
    let system = system_with_history("on").await;
    let before = system.state(&COLLECTIONS).await;
    system.duplicate(TOPIC, EVENTS).await;
    until_all_were_received_twice(&system).await;
    assert_eq!(system.state(&COLLECTIONS).await, before);
}

#[tokio::test]
async fn with_the_inbox_rewound_offsets_change_nothing() {
    let system = system_with_history("on").await;
    let before = system.state(&COLLECTIONS).await;
    for group in ["app", "store", "rider", "customer"] {
        system.log().rewind(group, TOPIC, Rewind::Beginning).await.unwrap();
    }
    until_all_were_received_twice(&system).await;
    assert_eq!(system.state(&COLLECTIONS).await, before);
}

#[tokio::test]
async fn without_the_inbox_a_customer_is_notified_twice_and_the_store_cooks_twice() {
    let system = system_with_history("off").await;
    system.duplicate(TOPIC, EVENTS).await;
    until_told(&system, 10).await;
    system.until_received("store", "OrderPlaced", "applied", 2).await;
    assert_eq!(system.get("store", "/storeOrders").await.1["page"]["totalElements"], 2);
}

/// What the page shows when the first events come once more at the end, as after a rewind.
async fn shown_after_a_rewind(version_gate: &str) -> Value {
    let system = start(&[("INBOX", "off"), ("VERSION_GATE", version_gate)]).await;
    placed(&system).await;
    advance(&system, "Accepted").await;
    until_told(&system, 2).await;
    let first = system.events(TOPIC, 3).await.into_iter().find(|event| {
        let event: Value = serde_json::from_slice(&event.value).unwrap();
        event["eventType"] == "OrderPlaced"
    });
    let first = first.unwrap();
    let again = NewRecord {
        topic: TOPIC.to_owned(),
        key: first.key,
        value: first.value,
        headers: BTreeMap::new(),
    };
    system.log().append(vec![again]).await.unwrap();
    until_told(&system, 3).await;
    system.get("customer", "/myPages/1").await.1["orderStatus"].clone()
}

#[tokio::test]
async fn with_the_version_gate_a_page_never_goes_back() {
    assert_eq!(shown_after_a_rewind("on").await, "Accepted");
}

#[tokio::test]
async fn without_the_version_gate_my_page_goes_backwards() {
    assert_eq!(shown_after_a_rewind("off").await, "Placed");
}

/// With app down and the guard as told: what becomes of the wish to cook.
async fn cooking_without_app(fail_closed: &str) -> (StatusCode, Value) {
    let mut system = start(&[("FAIL_CLOSED", fail_closed)]).await;
    placed(&system).await;
    advance(&system, "Accepted").await;
    system.stop("app").await;
    put(&system, "store", "/storeOrders/1/start").await
}

#[tokio::test]
async fn an_order_that_app_does_not_know_is_not_cooked() {
    let (status, problem) = cooking_without_app("on").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(problem["message"].as_str().unwrap().starts_with("nothing is cooked"), "{problem}");
}

#[tokio::test]
async fn without_failing_closed_an_order_that_app_does_not_know_is_cooked() {
    let (status, order) = cooking_without_app("off").await;
    assert_eq!((status, order["status"].as_str()), (StatusCode::OK, Some("Cooking")));
}

#[tokio::test]
async fn the_metrics_show_which_guards_are_on() {
    let system = start(&[("INBOX", "off"), ("BREAKER", "off")]).await;
    for (service, lines) in [
        (
            "app",
            ["inbox\"} 0", "breaker\"} 0", "failClosed\"} 1", "idempotencyKey\"} 1"].as_slice(),
        ),
        ("pay", &["outbox\"} 1", "compensation\"} 1"]),
        ("store", &["failClosed\"} 1", "compensation\"} 1", "timeout\"} 1"]),
        ("rider", &["compensation\"} 1"]),
        ("customer", &["versionGate\"} 1"]),
    ] {
        let text = system.get_text(service, "/actuator/prometheus").await;
        for line in lines {
            assert!(
                text.contains(&format!("guard_enabled{{guard=\"{line}\n")),
                "{service} {line}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn a_poison_event_becomes_a_dead_letter_and_later_orders_go_on() {
    let system = start(&[]).await;
    let poison = NewRecord {
        topic: TOPIC.to_owned(),
        key: "1".to_owned(),
        value: r#"{"eventType":"OrderPlaced","qty":"no envelope"}"#.into(),
        headers: BTreeMap::new(),
    };
    system.log().append(vec![poison]).await.unwrap();
    system.post("app", "/orders", pizza()).await;
    system.until("store", "/storeOrders/1", |order| order["status"] == "Received").await;
    system.until_received("store", "?", "dead", 1).await;
}

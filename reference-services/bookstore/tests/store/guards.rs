//! What protects, and that nothing else does.

use std::collections::BTreeMap;

use brunt_bookstore::TOPIC;
use brunt_kit::log::{NewRecord, Rewind};
use brunt_kit::testing::Trial;
use serde_json::{Value, json};

use crate::system::{
    order, start, until_coupon, until_order, until_page, until_stock, wanted, wanted_with_coupon,
    with_stock,
};

const COLLECTIONS: [(&str, &str); 6] = [
    ("order", "/orders"),
    ("delivery", "/deliveries"),
    ("customer", "/myPages"),
    ("bookInventory", "/books"),
    ("coupon", "/coupons"),
    ("myCoupon", "/mycoupons"),
];

/// One order, which was delivered.
async fn system_with_history(inbox: &str) -> Trial {
    let system = with_stock(100, &[("INBOX", inbox)]).await;
    let id = order(&system, wanted_with_coupon(2)).await;
    until_order(&system, id, "Shipped").await;
    until_page(&system, id, "Shipped").await;
    until_coupon(&system, "Used(Not Available)").await;
    system
        .until("myCoupon", "/mycoupons/1", |coupon| coupon["couponStatus"] == "Used(Not Available)")
        .await;
    system
}

/// CouponCreated, Ordered, CouponUsed, DeliveryPrepared and DeliveryStatusChanged.
const EVENTS: usize = 5;

async fn until_all_received_again(system: &Trial) {
    for (service, event_type) in [
        ("order", "DeliveryStatusChanged"),
        ("delivery", "Ordered"),
        ("delivery", "DeliveryPrepared"),
        ("customer", "DeliveryStatusChanged"),
        ("bookInventory", "Ordered"),
        ("coupon", "Ordered"),
        ("myCoupon", "CouponUsed"),
    ] {
        system.until_received(service, event_type, "duplicate", 1).await;
    }
}

#[tokio::test]
async fn with_the_inbox_events_that_come_twice_change_nothing() {
    let system = system_with_history("on").await;
    let before = system.state(&COLLECTIONS).await;
    system.duplicate(TOPIC, EVENTS).await;
    until_all_received_again(&system).await;
    assert_eq!(system.state(&COLLECTIONS).await, before);
}

#[tokio::test]
async fn without_the_inbox_an_order_that_comes_twice_is_served_twice() {
    let system = system_with_history("off").await;
    system.duplicate(TOPIC, EVENTS).await;
    until_stock(&system, 96).await;
    system.until("delivery", "/deliveries", |page| page["page"]["totalElements"] == 2).await;
}

#[tokio::test]
async fn with_the_inbox_rewound_offsets_change_nothing() {
    let system = system_with_history("on").await;
    let before = system.state(&COLLECTIONS).await;
    for group in ["order", "delivery", "customer", "bookInventory", "coupon", "myCoupon"] {
        system.log().rewind(group, TOPIC, Rewind::Beginning).await.unwrap();
    }
    until_all_received_again(&system).await;
    assert_eq!(system.state(&COLLECTIONS).await, before);
}

#[tokio::test]
async fn the_metrics_show_which_guards_are_on() {
    let off = [
        ("INBOX", "off"),
        ("COMPENSATION", "off"),
        ("CONDITIONAL_UPDATE", "off"),
        ("VERSION_GATE", "off"),
    ];
    let system = start(&off).await;
    for (service, guard) in [
        ("order", "inbox"),
        ("delivery", "inbox"),
        ("customer", "versionGate"),
        ("bookInventory", "compensation"),
        ("bookInventory", "conditionalUpdate"),
        ("coupon", "compensation"),
        ("coupon", "conditionalUpdate"),
    ] {
        let text = system.get_text(service, "/actuator/prometheus").await;
        assert!(
            text.contains(&format!("guard_enabled{{guard=\"{guard}\"}} 0\n")),
            "{service}: {text}"
        );
    }
}

#[tokio::test]
async fn a_poison_event_becomes_a_dead_letter_and_later_orders_go_on() {
    let system = with_stock(100, &[]).await;
    let poison = |value: Value| NewRecord {
        topic: TOPIC.to_owned(),
        key: "1".to_owned(),
        value: value.to_string().into(),
        headers: BTreeMap::new(),
    };
    let stray = json!({"eventType": "DeliveryPrepared", "timestamp": "20200909021422",
        "eventId": "stray",
        "aggregateId": 1, "version": 2, "correlationId": "c", "orderId": 99});
    let records = vec![poison(json!({"eventType": "Ordered"})), poison(stray)];
    system.log().append(records).await.unwrap();
    let id = order(&system, wanted(1)).await;
    until_order(&system, id, "Shipped").await;
    system.until_received("bookInventory", "?", "dead", 1).await;
    // An order that there is not is order's own to wonder about.
    system.until_received("order", "?", "dead", 2).await;
}

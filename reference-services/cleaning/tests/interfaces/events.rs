//! Events that come twice, late, or make no sense.

use brunt_cleaning::{SYSTEM, TOPIC};
use brunt_kit::log::Rewind;
use brunt_kit::testing::Trial;
use serde_json::{Value, json};

const COLLECTIONS: [(&str, &str); 5] = [
    ("reservation", "/cleaningReservations"),
    ("payment", "/payments"),
    ("cleaning", "/cleans"),
    ("message", "/messages"),
    ("mypage", "/dashBoardViews"),
];

/// One reservation that is cleaned, and one that was canceled.
async fn system_with_history(inbox: &str) -> Trial {
    let system = Trial::start(&SYSTEM, &[("INBOX", inbox)]).await;
    for _ in 0..2 {
        system
            .post("reservation", "/cleaningReservations", json!({"price": 9, "place": "서울"}))
            .await;
    }
    system.post("cleaning", "/cleans", json!({"requestId": 1})).await;
    let cleaned = |reservation: &Value| reservation["status"] == "CleaningCompleted";
    system.until("reservation", "/cleaningReservations/1", cleaned).await;
    system.delete("reservation", "/cleaningReservations/2").await;
    system.until("message", "/messages", |page| page["page"]["totalElements"] == 4).await;
    let ended = |page: &Value| {
        let views = page["_embedded"]["dashBoardViews"].as_array().cloned().unwrap_or_default();
        let ends = ["CleaningCompleted", "PaymentCancelCompleted"];
        ends.iter().all(|end| views.iter().any(|view| view["status"] == *end))
    };
    system.until("mypage", "/dashBoardViews", ended).await;
    system
}

/// Twice CleaningRequested and PayConfirmed; CleaningConfirmed, CleaningRequestCanceled,
/// PayCancelConfirmed.
const EVENTS: usize = 7;

async fn until_all_came_again(system: &Trial) {
    system.until_received("payment", "CleaningRequestCanceled", "duplicate", 1).await;
    system.until_received("reservation", "CleaningConfirmed", "duplicate", 1).await;
    system.until_received("message", "PayConfirmed", "duplicate", 2).await;
    system.until_received("mypage", "PayCancelConfirmed", "duplicate", 1).await;
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
    for (group, _) in COLLECTIONS {
        system.log().rewind(group, TOPIC, Rewind::Back(1000)).await.unwrap();
    }
    until_all_came_again(&system).await;
    assert_eq!(system.state(&COLLECTIONS).await, before);
}

#[tokio::test]
async fn without_the_inbox_a_customer_gets_a_message_twice() {
    let system = system_with_history("off").await;
    system.duplicate(TOPIC, EVENTS).await;
    system.until("message", "/messages", |page| page["page"]["totalElements"] == 8).await;
}

/// What My Page shows of a reservation that was cleaned, once an older event comes again late.
async fn shown_after_a_late_event(version_gate: &str) -> Value {
    let system = Trial::start(&SYSTEM, &[("VERSION_GATE", version_gate)]).await;
    for (event_type, body) in [
        ("CleaningConfirmed", json!({"requestId": 7, "status": "CleaningCompleted"})),
        ("PayConfirmed", json!({"requestId": 7, "status": "PaymentCompleted", "price": 9})),
    ] {
        system.tell(TOPIC, event_type, body.as_object().unwrap().clone()).await;
        system.until_received("mypage", event_type, "applied", 1).await;
    }
    system.get("mypage", "/dashBoardViews/1").await.1["status"].clone()
}

#[tokio::test]
async fn with_the_version_gate_my_page_never_goes_backwards() {
    assert_eq!(shown_after_a_late_event("on").await, "CleaningCompleted");
}

#[tokio::test]
async fn without_the_version_gate_my_page_goes_backwards() {
    assert_eq!(shown_after_a_late_event("off").await, "PaymentCompleted");
}

#[tokio::test]
async fn a_poison_event_becomes_a_dead_letter_and_later_reservations_go_on() {
    let system = Trial::start(&SYSTEM, &[]).await;
    system
        .tell(TOPIC, "PayConfirmed", json!({"requestId": "none"}).as_object().unwrap().clone())
        .await;
    system.post("reservation", "/cleaningReservations", json!({"price": 9})).await;
    system.until("message", "/messages/1", |message| message["status"] == "PaymentCompleted").await;
    system.until_received("message", "?", "dead", 1).await;
    system.until_received("mypage", "?", "dead", 1).await;
}

//! A service that did not exist before joins a running system.

use brunt_bookstore::TOPIC;
use brunt_kit::testing::Trial;
use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{
    order, sell, until_coupon, until_deliverable, until_delivery, wanted_with_coupon, without,
};

/// What the others show, which must not change.
async fn others(system: &Trial) -> Vec<Value> {
    let mut seen = Vec::new();
    for (service, path) in [
        ("coupon", "/coupons"),
        ("order", "/orders"),
        ("bookInventory", "/deliverables"),
        ("delivery", "/deliveries"),
    ] {
        seen.push(system.get(service, path).await.1);
    }
    seen
}

#[tokio::test]
async fn my_coupon_joins_late_and_its_view_is_complete() {
    let mut system = without(&["myCoupon"], &[]).await;
    sell(&system, 0).await;
    let id = order(&system, wanted_with_coupon(1)).await;
    until_coupon(&system, "Used(Not Available)").await;
    system.delete("order", &format!("/orders/{id}")).await;
    until_coupon(&system, "Refund(Available)").await;
    let (status, _) = system.get("gateway", "/mycoupons/1").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    // Issued, ordered, used, canceled, delivery canceled, refunded: all of it is in the log before
    // it joins.
    system.events(TOPIC, 6).await;
    until_deliverable(&system, id, "OrderCanceled").await;
    until_delivery(&system, id, "CancelDelivery").await;
    let before = others(&system).await;

    system.restart("myCoupon").await;
    let whole =
        |coupon: &Value| coupon["history"].as_array().is_some_and(|history| history.len() == 3);
    let history = system.until("gateway", "/mycoupons/1", whole).await;
    let told: Vec<_> =
        history["history"].as_array().unwrap().iter().map(|c| &c["couponStatus"]).collect();
    assert_eq!(told, ["Registered", "Used(Not Available)", "Refund(Available)"]);
    assert_eq!(others(&system).await, before);

    // From now on it keeps up.
    system.post("coupon", "/coupons", json!({"customerId": 2})).await;
    system.until("myCoupon", "/mycoupons/2", |coupon| coupon["couponStatus"] == "Registered").await;
}

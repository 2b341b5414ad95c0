//! One coupon and many who want it.

use brunt_kit::testing::Trial;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::system::{
    order, until_coupon, until_deliverable, until_delivery, until_order, until_page, until_stock,
    wanted, wanted_with_coupon, with_stock,
};

/// Fifty orders at once with one coupon, all of them accepted.
async fn race(conditional_update: &str) -> Trial {
    let system = with_stock(100, &[("CONDITIONAL_UPDATE", conditional_update)]).await;
    let mut racing = JoinSet::new();
    for _ in 0..50 {
        let request = reqwest::Client::new()
            .post(system.url("order", "/orders"))
            .json(&wanted_with_coupon(1));
        racing.spawn(async move { request.send().await.unwrap().status() });
    }
    while let Some(status) = racing.join_next().await {
        assert_eq!(status.unwrap(), StatusCode::CREATED);
    }
    system
}

/// Which orders have come to a status.
fn orders(page: &Value, status: &str) -> Vec<Value> {
    let orders = page["_embedded"]["orders"].as_array().cloned().unwrap_or_default();
    let with_status = orders.into_iter().filter(|order| order["orderStatus"] == status);
    with_status.map(|order| order["orderId"].clone()).collect()
}

#[tokio::test]
async fn of_fifty_orders_with_one_coupon_exactly_one_keeps_it() {
    let system = race("on").await;
    let settled = |page: &Value| {
        orders(page, "Shipped").len() == 1 && orders(page, "Coupon_Refused").len() == 49
    };
    let page = system.until("order", "/orders?size=1000", settled).await;
    // The losers' books are back on the shelf.
    until_stock(&system, 99).await;
    let coupon = until_coupon(&system, "Used(Not Available)").await;
    assert_eq!(orders(&page, "Shipped"), [coupon["orderId"].clone()]);
    let once =
        |coupon: &Value| coupon["history"].as_array().is_some_and(|history| history.len() == 2);
    system.until("myCoupon", "/mycoupons/1", once).await;
}

#[tokio::test]
async fn without_the_conditional_update_all_fifty_orders_keep_the_coupon() {
    let system = race("off").await;
    system.until("order", "/orders?size=1000", |page| orders(page, "Shipped").len() == 50).await;
    until_coupon(&system, "Used(Not Available)").await;
    let every_use =
        |coupon: &Value| coupon["history"].as_array().is_some_and(|history| history.len() == 51);
    system.until("myCoupon", "/mycoupons/1", every_use).await;
}

#[tokio::test]
async fn the_loser_gets_nothing_and_the_winner_keeps_everything() {
    let system = with_stock(100, &[]).await;
    let winner = order(&system, wanted_with_coupon(1)).await;
    until_coupon(&system, "Used(Not Available)").await;
    let loser = order(&system, wanted_with_coupon(2)).await;
    until_order(&system, loser, "Coupon_Refused").await;
    until_deliverable(&system, loser, "OrderCanceled").await;
    until_delivery(&system, loser, "CancelDelivery").await;
    until_page(&system, loser, "Coupon_Refused").await;
    until_page(&system, winner, "Shipped").await;
    until_stock(&system, 99).await;
    assert_eq!(system.get("coupon", "/coupons/1").await.1["orderId"], winner);
    assert_eq!(system.delete("order", &format!("/orders/{loser}")).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_coupon_that_came_back_is_used_again() {
    let system = with_stock(0, &[]).await;
    let first = order(&system, wanted_with_coupon(1)).await;
    until_coupon(&system, "Used(Not Available)").await;
    system.delete("order", &format!("/orders/{first}")).await;
    until_coupon(&system, "Refund(Available)").await;
    let second = order(&system, wanted_with_coupon(1)).await;
    let coupon = until_coupon(&system, "Used(Not Available)").await;
    assert_eq!(coupon["orderId"], second);
    let whole =
        |coupon: &Value| coupon["history"].as_array().is_some_and(|history| history.len() == 4);
    let history = system.until("myCoupon", "/mycoupons/1", whole).await;
    let told: Vec<_> = history["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (&c["couponStatus"], &c["orderId"]))
        .collect();
    let (used, refund) = (json!("Used(Not Available)"), json!("Refund(Available)"));
    let (first, second) = (json!(first), json!(second));
    let expected = [
        (&json!("Registered"), &Value::Null),
        (&used, &first),
        (&refund, &first),
        (&used, &second),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn another_customers_coupon_is_refused_only_when_ownership_is_strict() {
    for (ownership, expected) in [("any", StatusCode::CREATED), ("strict", StatusCode::CONFLICT)] {
        let system = with_stock(10, &[("COUPON_OWNERSHIP", ownership)]).await;
        let mut body = wanted_with_coupon(1);
        body["customerId"] = json!(2);
        assert_eq!(system.post("order", "/orders", body).await.0, expected, "{ownership}");
        assert_eq!(system.post("order", "/orders", wanted(1)).await.0, StatusCode::CREATED);
        assert_eq!(
            system.post("order", "/orders", wanted_with_coupon(1)).await.0,
            StatusCode::CREATED
        );
    }
}

//! Cancel in every state: what was done for the order is undone.

use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{
    order, until_coupon, until_deliverable, until_delivery, until_order, until_page, until_stock,
    wanted, wanted_with_coupon, with_stock,
};

#[tokio::test]
async fn an_order_that_waits_for_stock_is_canceled_and_gets_none() {
    let system = with_stock(0, &[]).await;
    let id = order(&system, wanted_with_coupon(10)).await;
    until_deliverable(&system, id, "Stock_Lacked").await;
    until_coupon(&system, "Used(Not Available)").await;
    let path = format!("/orders/{id}");
    assert_eq!(system.delete("gateway", &path).await, (StatusCode::NO_CONTENT, Value::Null));
    assert_eq!(system.delete("gateway", &path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(system.get("gateway", "/orders").await.1["page"]["totalElements"], 0);
    until_coupon(&system, "Refund(Available)").await;
    until_deliverable(&system, id, "OrderCanceled").await;
    until_delivery(&system, id, "CancelDelivery").await;
    until_page(&system, id, "OrderCanceled").await;
    system.post("bookInventory", "/stockInputs", json!({"bookId": 1, "quantity": 10})).await;
    // One that comes later gets what the cancelled one would have had.
    let later = order(&system, wanted(10)).await;
    until_order(&system, later, "Shipped").await;
}

#[tokio::test]
async fn an_order_that_is_being_brought_is_not_canceled() {
    let system = with_stock(100, &[]).await;
    let id = order(&system, wanted(10)).await;
    until_order(&system, id, "Shipped").await;
    let (status, problem) = system.delete("order", "/orders/1").await;
    assert_eq!((status, &problem["path"]), (StatusCode::CONFLICT, &json!("/orders/1")));
    let delivery = until_delivery(&system, id, "Shipped").await;
    system
        .patch(
            "delivery",
            &format!("/deliveries/{delivery}"),
            json!({"deliveryStatus": "Delivered"}),
        )
        .await;
    until_order(&system, id, "Delivered").await;
    assert_eq!(system.delete("order", "/orders/1").await.0, StatusCode::CONFLICT);
    until_stock(&system, 90).await;
}

/// Order may not have heard yet that its books are set aside, or even on their way.
#[tokio::test]
async fn a_cancel_that_crosses_the_delivery_undoes_what_was_done() {
    let system = with_stock(100, &[]).await;
    let id = order(&system, wanted_with_coupon(10)).await;
    // Whichever is first: accepted, the cancel undoes everything; refused, the order is delivered.
    let (status, _) = system.delete("order", &format!("/orders/{id}")).await;
    if status == StatusCode::NO_CONTENT {
        until_coupon(&system, "Refund(Available)").await;
        until_delivery(&system, id, "CancelDelivery").await;
        until_deliverable(&system, id, "OrderCanceled").await;
        until_stock(&system, 100).await;
        until_page(&system, id, "OrderCanceled").await;
    } else {
        until_order(&system, id, "Shipped").await;
        until_coupon(&system, "Used(Not Available)").await;
        until_stock(&system, 90).await;
    }
}

#[tokio::test]
async fn books_of_a_canceled_order_go_to_waiting_orders() {
    let system = with_stock(10, &[]).await;
    let first = order(&system, wanted(10)).await;
    until_order(&system, first, "Shipped").await;
    let second = order(&system, wanted(10)).await;
    until_deliverable(&system, second, "Stock_Lacked").await;
    // The carrier gives up, so the first order's books come back.
    let delivery = until_delivery(&system, first, "Shipped").await;
    let path = format!("/deliveries/{delivery}");
    system.patch("delivery", &path, json!({"deliveryStatus": "CancelDelivery"})).await;
    until_order(&system, first, "DeliveryCanceled").await;
    until_page(&system, first, "DeliveryCanceled").await;
    until_order(&system, second, "Shipped").await;
}

/// A cancel whose order was prepared, with a compensation taken away; gives what stays of
/// stock and coupon.
async fn left_after_the_carrier_gave_up(compensation: &str) -> (i64, Value) {
    let system = with_stock(100, &[("COMPENSATION", compensation)]).await;
    let id = order(&system, wanted_with_coupon(10)).await;
    until_order(&system, id, "Shipped").await;
    until_coupon(&system, "Used(Not Available)").await;
    let delivery = until_delivery(&system, id, "Shipped").await;
    let path = format!("/deliveries/{delivery}");
    system.patch("delivery", &path, json!({"deliveryStatus": "CancelDelivery"})).await;
    until_deliverable(&system, id, "OrderCanceled").await;
    system.until_received("coupon", "OrderCanceled", "applied", 1).await;
    let stock = system.get("bookInventory", "/books/1").await.1["stock"].as_i64().unwrap();
    (stock, system.get("coupon", "/coupons/1").await.1["couponStatus"].clone())
}

#[tokio::test]
async fn with_the_compensation_stock_and_coupon_come_back() {
    assert_eq!(left_after_the_carrier_gave_up("on").await, (100, json!("Refund(Available)")));
}

#[tokio::test]
async fn without_the_compensation_stock_and_coupon_are_lost() {
    assert_eq!(left_after_the_carrier_gave_up("off").await, (90, json!("Used(Not Available)")));
}

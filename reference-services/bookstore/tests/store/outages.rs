//! Services that are down, and come back.

use http::StatusCode;
use serde_json::json;

use crate::system::{
    order, until_coupon, until_order, until_page, until_stock, wanted, wanted_with_coupon,
    with_stock,
};

#[tokio::test]
async fn without_an_answer_about_book_and_coupon_an_order_is_refused() {
    let mut system = with_stock(10, &[]).await;
    system.stop("coupon").await;
    let response = system.request("POST", "order", "/orders", wanted_with_coupon(1)).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
    // Without a coupon nobody needs to be asked for one.
    assert_eq!(order(&system, wanted(1)).await, 1);
    system.stop("bookInventory").await;
    assert_eq!(system.post("order", "/orders", wanted(1)).await.0, StatusCode::SERVICE_UNAVAILABLE);
    system.restart("coupon").await;
    system.restart("bookInventory").await;
    assert_eq!(order(&system, wanted_with_coupon(1)).await, 2);
    until_order(&system, 2, "Shipped").await;
}

#[tokio::test]
async fn without_failing_closed_an_order_for_an_unknown_book_is_accepted() {
    let mut system = with_stock(10, &[("FAIL_CLOSED", "off")]).await;
    system.stop("bookInventory").await;
    let mut nothing = wanted(1);
    nothing["bookId"] = json!(99);
    assert_eq!(system.post("order", "/orders", nothing).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn a_service_that_returns_from_an_outage_catches_up() {
    let mut system = with_stock(10, &[]).await;
    for service in ["delivery", "customer"] {
        system.stop(service).await;
    }
    let id = order(&system, wanted_with_coupon(1)).await;
    until_order(&system, id, "Delivery_Prepared").await;
    // Once they are set aside, it is too late.
    assert_eq!(system.delete("order", &format!("/orders/{id}")).await.0, StatusCode::CONFLICT);
    system.restart("delivery").await;
    until_order(&system, id, "Shipped").await;
    system.restart("customer").await;
    until_page(&system, id, "Shipped").await;
    until_coupon(&system, "Used(Not Available)").await;
    until_stock(&system, 9).await;
}

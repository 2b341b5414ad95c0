//! What each service needs of the others, held against both sides.

use brunt_bookstore::TOPIC;
use brunt_kit::testing::contract::{self, Contract};
use http::StatusCode;
use serde_json::json;

use crate::system::{order, until_coupon, until_order, wanted_with_coupon, with_stock, without};

fn contracts() -> [Contract; 6] {
    [
        include_str!("../../contracts/order.json"),
        include_str!("../../contracts/delivery.json"),
        include_str!("../../contracts/bookInventory.json"),
        include_str!("../../contracts/coupon.json"),
        include_str!("../../contracts/customer.json"),
        include_str!("../../contracts/myCoupon.json"),
    ]
    .map(Contract::read)
}

#[tokio::test]
async fn events_have_all_fields_that_consumers_need_and_consumers_need_no_more() {
    let system = with_stock(100, &[]).await;
    system.post("bookInventory", "/books", json!({"bookName": "Rare", "stock": 0})).await;
    // One that waits for its book and is canceled, one that is brought, and one whose coupon is
    // another's.
    let mut rare = wanted_with_coupon(1);
    rare["bookId"] = json!(2);
    let waiting = order(&system, rare).await;
    until_coupon(&system, "Used(Not Available)").await;
    system.delete("order", &format!("/orders/{waiting}")).await;
    until_coupon(&system, "Refund(Available)").await;
    let brought = order(&system, wanted_with_coupon(1)).await;
    until_coupon(&system, "Used(Not Available)").await;
    until_order(&system, brought, "Shipped").await;
    let refused = order(&system, wanted_with_coupon(1)).await;
    until_order(&system, refused, "Coupon_Refused").await;
    contract::hold(&system, TOPIC, &contracts()).await;
}

#[tokio::test]
async fn order_calls_book_inventory_and_coupon_as_its_contract_says() {
    let [book, coupon] = &contracts()[0].calls[..] else { panic!("two calls") };
    let (inventory, coupons) = (book.fake_producer().await, coupon.fake_producer().await);
    let urls = [("API_BOOKINVENTORY_URL", &*inventory.url), ("API_COUPON_URL", &*coupons.url)];
    let strict = [urls[0], urls[1], ("COUPON_OWNERSHIP", "strict")];
    let system = without(&["bookInventory", "coupon"], &strict).await;
    let (status, body) = system.post("order", "/orders", wanted_with_coupon(1)).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    inventory.was_asked();
    coupons.was_asked();
    let system = with_stock(1, &[]).await;
    book.is_kept_by(&system).await;
    coupon.is_kept_by(&system).await;
}

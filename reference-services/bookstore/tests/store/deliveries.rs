//! What the carrier says reaches the order and the customer.

use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{order, until_delivery, until_order, until_page, wanted, with_stock};

#[tokio::test]
async fn each_step_reaches_the_order_and_my_page() {
    let system = with_stock(100, &[]).await;
    let id = order(&system, wanted(1)).await;
    let path = format!("/deliveries/{}", until_delivery(&system, id, "Shipped").await);
    for step in ["Loaded", "At the door", "배송완료"] {
        let (status, delivery) =
            system.patch("gateway", &path, json!({"deliveryStatus": step})).await;
        assert_eq!((status, &delivery["deliveryStatus"]), (StatusCode::OK, &json!(step)));
        until_order(&system, id, step).await;
        let page = until_page(&system, id, step).await;
        assert_eq!(page["deliveryStatus"], step);
    }
    let whole = system.get("delivery", &path).await.1;
    let put = system.request("PUT", "delivery", &path, whole.clone()).await;
    assert_eq!(put.json::<Value>().await.unwrap(), whole);
}

#[tokio::test]
async fn a_carrier_cannot_ship_unprepared_books_or_set_a_status_back() {
    let system = with_stock(0, &[]).await;
    let id = order(&system, wanted(1)).await;
    let path = format!("/deliveries/{}", until_delivery(&system, id, "CreateDelivery").await);
    let patch = |body: Value| system.patch("delivery", &path, body);
    assert_eq!(patch(json!({"deliveryStatus": "Loaded"})).await.0, StatusCode::CONFLICT);
    assert_eq!(patch(json!({"deliveryStatus": " "})).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(patch(json!({"deliveryAddress": "Wien"})).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(patch(json!({"deliveryStatus": "CancelDelivery"})).await.0, StatusCode::OK);
    assert_eq!(patch(json!({"deliveryStatus": "Loaded"})).await.0, StatusCode::CONFLICT);
    until_order(&system, id, "DeliveryCanceled").await;
    until_page(&system, id, "DeliveryCanceled").await;
}

//! What each service needs of the others, held against both sides.

use brunt_baemin::{SYSTEM, TOPIC};
use brunt_kit::testing::Trial;
use brunt_kit::testing::contract::{self, Contract};
use http::StatusCode;
use serde_json::{Value, json};

fn contracts() -> [Contract; 4] {
    [
        include_str!("../../contracts/order.json"),
        include_str!("../../contracts/payment.json"),
        include_str!("../../contracts/delivery.json"),
        include_str!("../../contracts/orderDetail.json"),
    ]
    .map(Contract::read)
}

fn wanted() -> Value {
    json!({"customerId": 1, "productName": "마라탕", "productPrice": 12000, "orderTotalPrice": 12000,
           "customerAddr": "서울", "customerTel": "010"})
}

/// With an order that was delivered and then canceled.
async fn with_a_canceled_order() -> Trial {
    let system = Trial::start(&SYSTEM, &[]).await;
    system.post("order", "/orders", wanted()).await;
    system.until("order", "/orders/1", |order| order["orderStatus"] == "DeliveryStarted").await;
    system.delete("order", "/orders/1").await;
    system
        .until("orderDetail", "/orderDetails/1", |it| it["orderStatus"] == "DeliveryCanceled")
        .await;
    system
}

#[tokio::test]
async fn events_have_all_fields_that_consumers_need_and_consumers_need_no_more() {
    contract::hold(&with_a_canceled_order().await, TOPIC, &contracts()).await;
}

#[tokio::test]
async fn order_calls_payment_as_its_contract_says() {
    let [paid, refused] = &contracts()[0].calls[..] else { panic!("two calls") };
    for (call, status) in [(paid, StatusCode::CREATED), (refused, StatusCode::CONFLICT)] {
        let payment = call.fake_producer().await;
        let system =
            Trial::without(&SYSTEM, &["payment"], &[("API_PAYMENT_URL", &payment.url)]).await;
        let (answer, body) = system.post("order", "/orders", wanted()).await;
        assert_eq!(answer, status, "{body}");
        let reason = call.reply["message"].as_str().unwrap_or_default();
        assert!(body["message"].as_str().unwrap_or_default().contains(reason), "{body}");
        payment.was_asked();
    }
    let system = with_a_canceled_order().await;
    paid.is_kept_by(&system).await;
    refused.is_kept_by(&system).await;
}

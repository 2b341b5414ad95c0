//! What each service needs of the others, held against both sides.

use brunt_cleaning::{SYSTEM, TOPIC};
use brunt_kit::testing::Trial;
use brunt_kit::testing::contract::{self, Contract};
use http::StatusCode;
use serde_json::{Value, json};

fn contracts() -> [Contract; 5] {
    [
        include_str!("../../contracts/reservation.json"),
        include_str!("../../contracts/cleaning.json"),
        include_str!("../../contracts/payment.json"),
        include_str!("../../contracts/message.json"),
        include_str!("../../contracts/mypage.json"),
    ]
    .map(Contract::read)
}

fn wanted() -> Value {
    json!({"requestDate": "20200907", "place": "서울", "price": 250_000, "customerName": "유은상"})
}

#[tokio::test]
async fn events_have_all_fields_that_consumers_need_and_consumers_need_no_more() {
    let system = Trial::start(&SYSTEM, &[]).await;
    for _ in 0..2 {
        system.post("reservation", "/cleaningReservations", wanted()).await;
    }
    system.post("cleaning", "/cleans", json!({"requestId": 1})).await;
    let cleaned = |reservation: &Value| reservation["status"] == "CleaningCompleted";
    system.until("reservation", "/cleaningReservations/1", cleaned).await;
    system.delete("reservation", "/cleaningReservations/2").await;
    contract::hold(&system, TOPIC, &contracts()).await;
}

#[tokio::test]
async fn reservation_calls_payment_as_its_contract_says() {
    let call = &contracts()[0].calls[0];
    let payment = call.fake_producer().await;
    let system = Trial::without(&SYSTEM, &["payment"], &[("API_PAYMENT_URL", &payment.url)]).await;
    let (status, body) = system.post("reservation", "/cleaningReservations", wanted()).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    payment.was_asked();
    call.is_kept_by(&Trial::start(&SYSTEM, &[]).await).await;
}

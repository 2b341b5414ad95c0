//! Reservations over gRPC, on the port of REST.

use brunt_cleaning::SYSTEM;
use brunt_cleaning::proto::reservations_client::ReservationsClient;
use brunt_cleaning::proto::{Page, ReservationId, ReserveCleaning};
use brunt_kit::testing::Trial;
use serde_json::json;
use tonic::{Code, Request};

fn wanted() -> ReserveCleaning {
    ReserveCleaning {
        request_date: Some("20200907".into()),
        place: Some("서울시 강남구".into()),
        price: 250_000,
        customer_name: Some("유은상".into()),
    }
}

#[tokio::test]
async fn a_reservation_over_grpc_is_paid_and_the_same_over_rest() {
    let system = Trial::start(&SYSTEM, &[]).await;
    let mut reservations = ReservationsClient::new(system.channel("reservation").await);
    for _ in 0..2 {
        let mut request = Request::new(wanted());
        request.metadata_mut().insert("idempotency-key", "k".parse().unwrap());
        let reservation = reservations.reserve(request).await.unwrap().into_inner();
        assert_eq!((reservation.id, reservation.status.as_str()), (1, "ReservationApply"));
    }
    let (_, shown) = system.get("reservation", "/cleaningReservations/1").await;
    assert_eq!(
        (&shown["place"], &shown["customerName"]),
        (&json!("서울시 강남구"), &json!("유은상"))
    );
    assert_eq!(system.get("payment", "/payments").await.1["page"]["totalElements"], 1);
    let page = reservations.list(Page::default()).await.unwrap().into_inner();
    assert_eq!(page.reservations[0].customer_name.as_deref(), Some("유은상"));
    reservations.cancel(ReservationId { id: 1 }).await.unwrap();
    assert_eq!(reservations.get(ReservationId { id: 1 }).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn refusals_have_their_grpc_status_codes() {
    let mut system = Trial::start(&SYSTEM, &[]).await;
    let mut reservations = ReservationsClient::new(system.channel("reservation").await);
    let negative = ReserveCleaning { price: -1, ..wanted() };
    assert_eq!(reservations.reserve(negative).await.unwrap_err().code(), Code::InvalidArgument);
    reservations.reserve(wanted()).await.unwrap();
    system.post("cleaning", "/cleans", json!({"requestId": 1})).await;
    let cleaned = |reservation: &serde_json::Value| reservation["status"] == "CleaningCompleted";
    system.until("reservation", "/cleaningReservations/1", cleaned).await;
    let refusal = reservations.cancel(ReservationId { id: 1 }).await.unwrap_err();
    assert_eq!(refusal.code(), Code::FailedPrecondition);
    system.stop("payment").await;
    assert_eq!(reservations.reserve(wanted()).await.unwrap_err().code(), Code::Unavailable);
}

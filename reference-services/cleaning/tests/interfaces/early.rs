//! Cleaning reports that it is done while reservation still waits for payment's answer.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use brunt_cleaning::SYSTEM;
use brunt_kit::testing::Trial;
use http::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A payment service that answers when it is told to.
#[derive(Default)]
struct Payment {
    asked: Notify,
    answers: Notify,
}

impl Payment {
    async fn listen(self: Arc<Self>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let pay = move || async move {
            self.asked.notify_one();
            self.answers.notified().await;
            StatusCode::CREATED
        };
        let router = Router::new().route("/payments", post(pay));
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }
}

#[tokio::test]
async fn a_completion_before_payments_answer_completes_the_reservation() {
    let payment = Arc::new(Payment::default());
    let url = Arc::clone(&payment).listen().await;
    let variables = [("API_PAYMENT_URL", url.as_str()), ("CALL_TIMEOUT", "1m")];
    let system = Trial::start(&SYSTEM, &variables).await;
    let reserving = system.post("reservation", "/cleaningReservations", json!({"price": 9}));
    let cleaning = async {
        payment.asked.notified().await;
        system.post("cleaning", "/cleans", json!({"requestId": 1})).await;
        system.until_received("reservation", "CleaningConfirmed", "applied", 1).await;
        payment.answers.notify_one();
    };
    let ((status, reservation), ()) = tokio::join!(reserving, cleaning);
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(reservation["status"], "CleaningCompleted");
    let (_, kept) = system.get("reservation", "/cleaningReservations/1").await;
    assert_eq!(kept["status"], "CleaningCompleted");
    let (status, _) = system.delete("reservation", "/cleaningReservations/1").await;
    assert_eq!(status, StatusCode::CONFLICT, "it is cleaned and cannot be canceled");
}

//! Stands between order and payment, and loses answers after payment has done its work.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;

#[derive(Default)]
struct Shared {
    payment: OnceLock<SocketAddr>,
    to_lose: AtomicUsize,
}

pub struct Between {
    pub url: String,
    shared: Arc<Shared>,
}

impl Between {
    /// Loses so many answers, the first ones.
    pub async fn losing(count: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared { to_lose: AtomicUsize::new(count), ..Shared::default() });
        let router = Router::new().route("/payments", post(pay)).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    pub fn lead_to(&self, payment: SocketAddr) {
        self.shared.payment.set(payment).unwrap();
    }
}

async fn pay(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Bytes) {
    let payment = shared.payment.get().unwrap();
    let key = headers["idempotency-key"].clone();
    let request = reqwest::Client::new().post(format!("http://{payment}/payments"));
    let answer = request.header("idempotency-key", key).body(body).send().await.unwrap();
    let left =
        shared.to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    // A handler that panics has its connection closed without a reply.
    assert!(left.is_err(), "this reply is lost on purpose");
    (answer.status(), answer.bytes().await.unwrap())
}

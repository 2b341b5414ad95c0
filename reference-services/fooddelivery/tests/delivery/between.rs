//! Stands between app and pay: it loses answers after pay has done its work, or holds requests back
//! until several are there.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::Barrier;

pub struct Between {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    pay: OnceLock<SocketAddr>,
    to_lose: AtomicU32,
    barrier: Option<Barrier>,
}

impl Between {
    /// Loses the first so many answers.
    pub async fn losing(answers: u32) -> Self {
        Self::start(Shared {
            pay: OnceLock::new(),
            to_lose: AtomicU32::new(answers),
            barrier: None,
        })
        .await
    }

    /// Lets requests through two by two.
    pub async fn pairing() -> Self {
        let barrier = Some(Barrier::new(2));
        Self::start(Shared { pay: OnceLock::new(), to_lose: AtomicU32::new(0), barrier }).await
    }

    async fn start(shared: Shared) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(shared);
        let router = Router::new().route("/payments", post(pass)).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, shared }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn lead_to(&self, pay: SocketAddr) {
        self.shared.pay.set(pay).unwrap();
    }
}

async fn pass(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Bytes) {
    if let Some(barrier) = &shared.barrier {
        barrier.wait().await;
    }
    let pay = shared.pay.get().unwrap();
    let mut request = reqwest::Client::new().post(format!("http://{pay}/payments")).body(body);
    if let Some(key) = headers.get("idempotency-key") {
        request = request.header("idempotency-key", key);
    }
    let response = request.send().await.unwrap();
    let (status, answer) = (response.status(), response.bytes().await.unwrap());
    let lost =
        shared.to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    match lost {
        Ok(_) => (StatusCode::GATEWAY_TIMEOUT, Bytes::new()),
        Err(_) => (status, answer),
    }
}

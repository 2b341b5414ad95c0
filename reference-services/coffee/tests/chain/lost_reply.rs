//! Stands between product and stock, and loses the first answer after stock has done its work.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;

#[derive(Default)]
struct Between {
    stock: OnceLock<SocketAddr>,
    lost: AtomicBool,
}

pub struct LostReply {
    pub address: SocketAddr,
    between: Arc<Between>,
}

impl LostReply {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let between = Arc::new(Between::default());
        let router =
            Router::new().route("/stocks/reduce", post(reduce)).with_state(Arc::clone(&between));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, between }
    }

    pub fn lead_to(&self, stock: SocketAddr) {
        self.between.stock.set(stock).unwrap();
    }
}

async fn reduce(
    State(between): State<Arc<Between>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Bytes) {
    let stock = between.stock.get().unwrap();
    let mut request =
        reqwest::Client::new().post(format!("http://{stock}/stocks/reduce")).body(body);
    if let Some(key) = headers.get("idempotency-key") {
        request = request.header("idempotency-key", key);
    }
    let answer = request.send().await.unwrap().bytes().await.unwrap();
    if between.lost.swap(true, Ordering::SeqCst) {
        (StatusCode::OK, answer)
    } else {
        (StatusCode::GATEWAY_TIMEOUT, Bytes::new())
    }
}

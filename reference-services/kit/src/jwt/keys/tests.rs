//! An issuer that rotates its keys, is asked too often, is down, and talks too much.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::{Denied, Keys, MAX_AGE, PAUSE};
use crate::jwt::{Clients, Issuer};

/// Serves keys that can be changed, and counts who asks.
#[derive(Clone, Default)]
struct Server {
    asked: Arc<AtomicU32>,
    /// None is an outage.
    jwks: Arc<std::sync::Mutex<Option<Value>>>,
}

impl Server {
    async fn start(&self) -> Keys {
        let server = self.clone();
        let answer = move || async move {
            server.asked.fetch_add(1, Ordering::SeqCst);
            let jwks = server.jwks.lock().unwrap().clone();
            jwks.map(|jwks| jwks.to_string()).ok_or(StatusCode::SERVICE_UNAVAILABLE)
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap());
        tokio::spawn(async move {
            axum::serve(listener, Router::new().route("/jwks", get(answer))).await
        });
        Keys::at(url)
    }

    /// A new key, and its id.
    fn rotate(&self) -> String {
        let clients = Clients::parse("a:b").unwrap();
        let issuer =
            Issuer::new("i".into(), "a".into(), std::time::Duration::from_secs(1), clients, None)
                .unwrap();
        *self.jwks.lock().unwrap() = Some(issuer.jwks().clone());
        issuer.jwks()["keys"][0]["kid"].as_str().unwrap().to_owned()
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

/// As if a while had passed since the issuer was asked.
async fn wait(keys: &Keys) {
    let mut asked = keys.asked.lock().await;
    *asked = asked.and_then(|asked| asked.checked_sub(PAUSE));
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_for_a_new_key_id() {
    let server = Server::default();
    let first = server.rotate();
    let keys = server.start().await;
    for _ in 0..10 {
        assert_eq!(keys.find(Some(&first)).await.unwrap().id.as_deref(), Some(first.as_str()));
    }
    // Without an id, the only one there is.
    assert!(keys.find(None).await.is_ok());
    assert_eq!(server.asked(), 1);
    let second = server.rotate();
    wait(&keys).await;
    assert!(keys.find(Some(&second)).await.is_ok());
    assert_eq!(server.asked(), 2);
    // What the issuer has withdrawn is no longer good.
    assert!(matches!(keys.find(Some(&first)).await, Err(Denied::Invalid(_))));
}

#[tokio::test]
async fn invented_key_ids_do_not_reach_the_issuer() {
    let server = Server::default();
    let known = server.rotate();
    let keys = Arc::new(server.start().await);
    let attempts: Vec<_> = (0..200)
        .map(|n| {
            let keys = Arc::clone(&keys);
            tokio::spawn(async move { keys.find(Some(&n.to_string())).await.err() })
        })
        .collect();
    for attempt in attempts {
        assert!(matches!(attempt.await.unwrap(), Some(Denied::Invalid(_))));
    }
    assert_eq!(server.asked(), 1);
    assert!(keys.find(Some(&known)).await.is_ok());
}

#[tokio::test]
async fn while_the_issuer_is_down_known_keys_stay_valid() {
    let server = Server::default();
    let keys = server.start().await;
    assert!(matches!(keys.find(Some("any")).await, Err(Denied::Unavailable)));
    // Not asked again at once.
    assert!(matches!(keys.find(Some("any")).await, Err(Denied::Unavailable)));
    assert_eq!(server.asked(), 1);
    let known = server.rotate();
    wait(&keys).await;
    assert!(keys.find(Some(&known)).await.is_ok());
    *server.jwks.lock().unwrap() = None;
    let long_ago = Instant::now().checked_sub(MAX_AGE * 2);
    keys.lock().since = Some(long_ago.unwrap());
    wait(&keys).await;
    assert!(keys.find(Some(&known)).await.is_ok());
    assert_eq!(server.asked(), 3, "it was asked, in vain");
}

#[tokio::test]
async fn malformed_and_oversized_key_sets_are_refused() {
    let server = Server::default();
    let keys = server.start().await;
    for nonsense in [json!([]), json!({"keys": 3}), json!({"keys": ["x".repeat(300 << 10)]})] {
        *server.jwks.lock().unwrap() = Some(nonsense);
        wait(&keys).await;
        assert!(matches!(keys.find(None).await, Err(Denied::Unavailable)));
    }
    *server.jwks.lock().unwrap() =
        Some(json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}, 7, {"kty": "RSA"}]}));
    wait(&keys).await;
    assert!(matches!(keys.find(None).await, Err(Denied::Invalid(_))));
}

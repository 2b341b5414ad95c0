//! The proxy between a real caller and a real callee.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod breaks;
mod callee;
mod caller;
mod endpoints;
mod faults;
mod stand_in;
mod transparent;

use std::time::Duration;

use brunt_proxy::{Endpoint, Endpoints, Listen, Proxy};

/// Nothing here may take longer.
const BOUND: Duration = Duration::from_secs(20);

/// A proxy before these ports, accepting connections.
async fn before(ports: &[u16]) -> (Proxy, Endpoints) {
    let endpoints = Endpoints::default();
    for port in ports {
        endpoints.add(Endpoint::local(*port));
    }
    let proxy = Proxy::start(Some("shop"), "stock", Listen::Free, endpoints.clone()).unwrap();
    proxy.opened().await;
    (proxy, endpoints)
}

fn counts(proxy: &Proxy) -> (u64, u64, u64) {
    let record = proxy.record();
    (record.requests, record.reached, record.faulted)
}

/// Waits for a condition that nothing announces.
async fn holds(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(BOUND, wait).await.expect("the condition does not come true");
}

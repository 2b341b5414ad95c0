//! The proxy between a real caller and a real callee.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod breaks;
mod bytes;
mod callee;
mod caller;
mod edge_proxy;
mod endpoints;
mod faults;
mod held_connections;
mod http2_attacks;
mod http2_faults;
mod http2_peers;
mod http2_transparent;
mod long_bodies;
mod smuggling;
mod streams;
mod toxiproxy;
mod transparent;
mod upgrades;

use std::time::Duration;

use brunt_proxy::{EndpointAddress, Endpoints, Listen, Proxy};

/// The longest that anything here may take.
const BOUND: Duration = Duration::from_secs(20);

/// A proxy on the edge from shop to stock, whose endpoints are these ports; it accepts connections.
async fn proxy_before(ports: &[u16]) -> (Proxy, Endpoints) {
    let endpoints = Endpoints::default();
    for port in ports {
        endpoints.add(EndpointAddress::local(*port));
    }
    let proxy = Proxy::start(Some("shop"), "stock", Listen::Free, endpoints.clone(), None).unwrap();
    proxy.opened().await;
    (proxy, endpoints)
}

fn counts(proxy: &Proxy) -> (u64, u64, u64) {
    let record = proxy.record();
    (record.requests, record.reached, record.faulted)
}

/// Polls a condition until it holds.
async fn eventually(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(BOUND, wait).await.expect("the condition never holds");
}

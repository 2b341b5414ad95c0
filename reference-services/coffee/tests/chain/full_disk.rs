//! A disk that is full for a while, with the stores of all services and the event log on it.

use std::collections::BTreeSet;
use std::time::Duration;

use brunt_kit::small_disk::SmallDisk;
use brunt_kit::testing::Trial;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::system::start;

const BOUND: Duration = Duration::from_secs(60);

/// The id of an order, if it was accepted; a refusal says to come again.
async fn order(system: &Trial) -> Option<i64> {
    let body = json!({"productName": "Latte", "qty": 1});
    let response = timeout(BOUND, system.request("POST", "order", "/orders", body)).await;
    let response = response.expect("there is an answer, also on a full disk");
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        return None;
    }
    assert_eq!(response.status(), StatusCode::CREATED);
    response.json::<Value>().await.unwrap()["id"].as_i64()
}

async fn is_alive(system: &Trial) -> bool {
    let mut alive = true;
    for service in ["order", "product", "stock", "customercenter"] {
        let (_, health) = system.get(service, "/actuator/health/liveness").await;
        alive &= health["status"] == "UP";
    }
    alive
}

#[tokio::test]
#[ignore = "needs the right to mount: run as root, or within `unshare -rm`"]
async fn after_a_full_disk_the_chain_goes_on_and_the_ledger_agrees() {
    let disk = SmallDisk::mount(16);
    let data = disk.path().to_str().unwrap();
    let mut system = start(&[("DATA_DIR", data), ("MAKING_TIME", "0ms")]).await;
    let mut accepted = BTreeSet::new();
    for _ in 0..20 {
        accepted.extend(order(&system).await);
    }
    disk.fill();
    let refusing = async {
        let mut refused = 0;
        while refused < 20 {
            match order(&system).await {
                Some(id) => drop(accepted.insert(id)),
                None => refused += 1,
            }
        }
    };
    timeout(BOUND, refusing).await.expect("the disk is full");
    assert!(is_alive(&system).await, "a full disk is no reason for a restart");
    disk.make_room();
    let healing = async {
        loop {
            if let Some(id) = order(&system).await {
                break id;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    accepted.insert(timeout(BOUND, healing).await.expect("order heals by itself"));
    let completed = |order: &Value| order["status"] == "Completed";
    for id in &accepted {
        system.until("order", &format!("/orders/{id}"), completed).await;
    }
    for (service, path) in
        [("order", "/orders"), ("product", "/products"), ("customercenter", "/mypages")]
    {
        let counted = |page: &Value| page["page"]["totalElements"] == accepted.len();
        system.until(service, path, counted).await;
    }
    system.stop_all().await;
}

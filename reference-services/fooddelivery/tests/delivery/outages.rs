//! Services that are down, and come back.

use std::time::Duration;

use http::StatusCode;

use crate::system::{advance, pizza, placed, start, until_told};

#[tokio::test]
async fn with_the_store_down_orders_are_taken_and_arrive_later() {
    let mut system = start(&[]).await;
    for service in ["store", "rider", "customer"] {
        system.stop(service).await;
    }
    for _ in 0..2 {
        assert_eq!(system.post("gateway", "/orders", pizza()).await.0, StatusCode::CREATED);
    }
    for service in ["store", "rider", "customer"] {
        system.restart(service).await;
    }
    system.until("store", "/storeOrders/2", |order| order["status"] == "Received").await;
    system.until("rider", "/deliveries/2", |delivery| delivery["status"] == "Waiting").await;
    until_told(&system, 2).await;
}

#[tokio::test]
async fn an_orders_status_is_readable_whichever_other_service_is_down() {
    let mut system = start(&[]).await;
    placed(&system).await;
    advance(&system, "Accepted").await;
    until_told(&system, 2).await;
    for service in ["store", "rider", "pay", "app"] {
        system.stop(service).await;
    }
    let (status, page) = system.get("gateway", "/myPages/1").await;
    assert_eq!((status, page["orderStatus"].as_str()), (StatusCode::OK, Some("Accepted")));
}

#[tokio::test]
async fn a_stop_is_clean_and_nothing_is_lost() {
    let mut system = start(&[("OUTBOX", "off")]).await;
    for service in ["app", "pay", "store", "rider", "customer"] {
        system.post("app", "/orders", pizza()).await;
        system.stop(service).await;
        system.restart(service).await;
    }
    until_told(&system, 5).await;
    system.until("store", "/storeOrders", |page| page["page"]["totalElements"] == 5).await;
    tokio::time::timeout(Duration::from_secs(10), system.stop_all())
        .await
        .expect("it ends in time");
}

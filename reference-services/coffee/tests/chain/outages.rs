//! Services that are down, and come back.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use tempfile::TempDir;

use crate::system::{SLOW, start};

#[tokio::test]
async fn with_product_down_orders_wait_and_cancels_fail() {
    let mut system = start(&[("MAKING_TIME", "0ms")]).await;
    system.stop("product").await;
    for _ in 0..2 {
        let (status, _) =
            system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
        assert_eq!(status, StatusCode::CREATED);
    }
    let response =
        system.request("PATCH", "order", "/orders/1", json!({"status": "Canceled"})).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(system.get("order", "/orders/1").await.1["status"], "Requested");
    system.restart("product").await;
    system.until("order", "/orders/2", |order| order["status"] == "Completed").await;
}

#[tokio::test]
async fn a_cancel_after_the_restart_of_product_succeeds() {
    let mut system = start(&[SLOW]).await;
    system.stop("product").await;
    system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    let (status, _) = system.patch("order", "/orders/1", json!({"status": "Canceled"})).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    system.restart("product").await;
    let (status, order) = system.patch("order", "/orders/1", json!({"status": "Canceled"})).await;
    assert_eq!((status, &order["status"]), (StatusCode::OK, &json!("Canceled")));
}

#[tokio::test]
async fn a_stop_is_clean_and_nothing_is_lost() {
    let mut system = start(&[("MAKING_TIME", "0ms"), ("OUTBOX", "off")]).await;
    for service in ["order", "product", "stock", "customercenter"] {
        system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
        system.stop(service).await;
        system.restart(service).await;
    }
    for id in 1..=4 {
        system
            .until("order", &format!("/orders/{id}"), |order| order["status"] == "Completed")
            .await;
    }
    tokio::time::timeout(Duration::from_secs(10), system.stop_all())
        .await
        .expect("it ends in time");
}

#[tokio::test]
async fn a_clean_stop_leaves_nothing_to_recover() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().to_str().unwrap();
    let mut system = start(&[("DATA_DIR", data), ("MAKING_TIME", "0ms")]).await;
    system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    system.until("order", "/orders/1", |order| order["status"] == "Completed").await;
    system.stop_all().await;
    let left: Vec<_> = std::fs::read_dir(data)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name().to_str().unwrap().ends_with("-wal"))
        .filter(|entry| entry.metadata().unwrap().len() > 0)
        .map(|entry| entry.file_name())
        .collect();
    assert!(left.is_empty(), "write-ahead logs: {left:?}");
    assert!(std::fs::metadata(directory.path().join("order.db")).unwrap().len() > 0);
}

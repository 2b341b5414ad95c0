//! Customers come, are renamed and go.

use brunt_bookstore::TOPIC;
use http::StatusCode;
use serde_json::{Value, json};

use crate::system::start;

#[tokio::test]
async fn a_customer_is_registered_renamed_and_deleted() {
    let system = start(&[]).await;
    let (status, customer) =
        system.post("gateway", "/customers", json!({"customerName": "김철수"})).await;
    assert_eq!((status, &customer["customerId"]), (StatusCode::CREATED, &json!(1)));
    let (_, renamed) =
        system.patch("customer", "/customers/1", json!({"customerName": "이영희"})).await;
    assert_eq!(renamed["customerName"], "이영희");
    let put = system.request("PUT", "customer", "/customers/1", renamed.clone()).await;
    assert_eq!(put.json::<Value>().await.unwrap(), renamed);
    assert_eq!(
        system.delete("customer", "/customers/1").await,
        (StatusCode::NO_CONTENT, Value::Null)
    );
    assert_eq!(system.delete("customer", "/customers/1").await.0, StatusCode::NOT_FOUND);
    assert_eq!(system.get("customer", "/customers/1").await.0, StatusCode::NOT_FOUND);
    let told: Vec<Value> = system
        .events(TOPIC, 3)
        .await
        .iter()
        .map(|event| serde_json::from_slice(&event.value).unwrap())
        .collect();
    let types: Vec<_> = told
        .iter()
        .map(|event| (&event["eventType"], &event["version"], &event["customerName"]))
        .collect();
    let expected = [
        (&json!("CustomerRegistered"), &json!(1), &json!("김철수")),
        (&json!("CustomerChanged"), &json!(2), &json!("이영희")),
        (&json!("CustomerDeleted"), &json!(3), &json!("이영희")),
    ];
    assert_eq!(types, expected);
}

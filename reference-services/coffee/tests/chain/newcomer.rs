//! A service that did not exist before joins a running system.

use brunt_coffee::TOPIC;
use serde_json::{Value, json};

use crate::system::without;

#[tokio::test]
async fn customercenter_joins_late_and_my_page_is_complete() {
    let mut system = without(&["customercenter"], &[("MAKING_TIME", "0ms")]).await;
    for qty in 1..=20 {
        system.post("order", "/orders", json!({"productName": "라떼", "qty": qty})).await;
    }
    system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    let over = |page: &Value| {
        let orders = page["_embedded"]["orders"].as_array().cloned().unwrap_or_default();
        orders.len() == 21 && orders.iter().all(|order| order["status"] != "Requested")
    };
    let orders = system.until("order", "/orders?size=100", over).await;
    system.events(TOPIC, 43).await;

    system.restart("customercenter").await;
    let whole = |page: &Value| {
        let pages = page["_embedded"]["mypages"].as_array().cloned().unwrap_or_default();
        pages.len() == 21 && pages.iter().all(|page| !page["productStatus"].is_null())
    };
    let pages = system.until("customercenter", "/mypages?size=100", whole).await;
    for page in pages["_embedded"]["mypages"].as_array().unwrap() {
        let id = page["orderId"].as_i64().unwrap();
        let order = &orders["_embedded"]["orders"][usize::try_from(id).unwrap() - 1];
        assert_eq!(page["productName"], order["productName"]);
        assert_eq!(page["qty"], order["qty"]);
        assert_eq!(page["productStatus"], order["status"]);
    }

    // From now on it keeps up.
    system.post("order", "/orders", json!({"productName": "Latte", "qty": 1})).await;
    system
        .until("customercenter", "/mypages/22", |page| page["productStatus"] == "Completed")
        .await;
}

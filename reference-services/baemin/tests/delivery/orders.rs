//! Orders that are paid, delivered and shown.

use brunt_baemin::SYSTEM;
use brunt_kit::testing::Trial;
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn an_order_is_paid_delivered_and_shown() {
    let system = Trial::start(&SYSTEM, &[]).await;
    let tv = json!({"orderId": "30", "productName": "TV", "productPrice": 9,
        "orderDate": "2022-05-17",
        "customerId": 7, "customerAddr": "서울시 강남구", "customerTel": "010-1234-5678"});
    let (status, order) = system.post("gateway", "/orders", tv).await;
    assert_eq!((status, &order["orderStatus"]), (StatusCode::CREATED, &json!("Ordered")));
    // Paid by the time that the order stands, not some time later.
    assert_eq!(system.get("payment", "/payments/1").await.1["orderId"], 1);
    system.until("order", "/orders/1", |order| order["orderStatus"] == "DeliveryStarted").await;
    let shown = |view: &serde_json::Value| {
        view["orderStatus"] == "DeliveryStarted" && view["productName"] == "TV"
    };
    system.until("orderDetail", "/orderDetails/1", shown).await;
    let mut seen = Vec::new();
    for (service, path) in [
        ("order", "/orders/1"),
        ("payment", "/payments?size=1&sort=id,desc"),
        ("delivery", "/deliveries/1"),
        ("orderDetail", "/orderDetails/1"),
    ] {
        let text = system.get_text(service, path).await;
        let base = format!("http://{}", system.address(service));
        seen.push(format!("{path}\n{}", text.replace(&base, "http://HOST")));
    }
    insta::assert_snapshot!(seen.join("\n\n"));
}

#[tokio::test]
async fn a_label_may_repeat_and_a_price_may_be_missing() {
    let system = Trial::start(&SYSTEM, &[]).await;
    for id in 1..=2 {
        let (status, order) =
            system.post("order", "/orders", json!({"orderId": 1, "productName": "TV"})).await;
        assert_eq!(
            (status, &order["id"], &order["orderId"]),
            (StatusCode::CREATED, &json!(id), &json!(1))
        );
    }
    let (_, payments) = system.get("payment", "/payments").await;
    let paid: Vec<_> = payments["_embedded"]["payments"].as_array().unwrap().iter().collect();
    assert_eq!(paid.iter().map(|payment| &payment["orderId"]).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn a_repeated_idempotency_key_gives_the_same_order() {
    let system = Trial::start(&SYSTEM, &[]).await;
    let place = |price: i64| {
        let body = json!({"productName": "TV", "productPrice": price});
        let url = system.url("order", "/orders");
        reqwest::Client::new().post(url).header("idempotency-key", "k").json(&body).send()
    };
    let (first, again) = (place(1).await.unwrap(), place(1).await.unwrap());
    assert_eq!((first.status(), again.status()), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.headers()["location"], again.headers()["location"]);
    assert_eq!(place(2).await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(system.get("order", "/orders").await.1["page"]["totalElements"], 1);
    assert_eq!(system.get("payment", "/payments").await.1["page"]["totalElements"], 1);
}

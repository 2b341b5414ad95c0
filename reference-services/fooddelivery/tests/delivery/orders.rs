//! Orders that go their way.

use http::StatusCode;
use serde_json::json;

use crate::system::{advance, pizza, placed, put, start, until_told};

#[tokio::test]
async fn an_order_is_paid_cooked_delivered_and_reviewed_with_a_notification_at_every_step() {
    let system = start(&[]).await;
    placed(&system).await;
    advance(&system, "Delivered").await;
    let told = until_told(&system, 6).await;
    insta::assert_json_snapshot!(told);
    let review = json!({"orderId": "1", "rating": 5, "text": "맛있어요"});
    let (status, review) = system.post("gateway", "/reviews", review).await;
    assert_eq!((status, &review["text"]), (StatusCode::CREATED, &json!("맛있어요")));
    let page = system
        .until("customer", "/myPages/1", |page| {
            page["orderStatus"] == "Delivered" && page["payStatus"] == "Paid"
        })
        .await;
    insta::assert_json_snapshot!(page, {"._links.*.href" => "[link]"});
    let types = |event: &brunt_kit::log::Delivery| {
        let event: serde_json::Value = serde_json::from_slice(&event.value).unwrap();
        event["eventType"].as_str().unwrap().to_owned()
    };
    let mut events: Vec<String> =
        system.events("fooddelivery", 8).await.iter().map(types).collect();
    events.sort();
    assert_eq!(
        events,
        [
            "CookFinished",
            "CookStarted",
            "Delivered",
            "OrderAccepted",
            "OrderPlaced",
            "Paid",
            "Picked",
            "ReviewWritten"
        ]
    );
}

#[tokio::test]
async fn resources_look_as_spring_data_rest_users_know_them() {
    let system = start(&[]).await;
    placed(&system).await;
    until_told(&system, 1).await;
    system
        .until("customer", "/myPages/1", |page| {
            page["payStatus"] == "Paid" && page["menu"] == "피자"
        })
        .await;
    let mut seen = Vec::new();
    for (service, path) in [
        ("app", "/orders/1"),
        ("app", "/orders?size=1&sort=price,desc"),
        ("app", "/reviews"),
        ("pay", "/payments/1"),
        ("store", "/storeOrders/1"),
        ("rider", "/deliveries/1"),
        ("customer", "/notifications/1"),
        ("customer", "/myPages"),
    ] {
        let text = system.get_text(service, path).await;
        let text = text.replace(&format!("http://{}", system.address(service)), "http://HOST");
        seen.push(format!("{path}\n{text}"));
    }
    insta::assert_snapshot!(seen.join("\n\n"));
}

#[tokio::test]
async fn the_owner_decides_by_accept() {
    let system = start(&[]).await;
    placed(&system).await;
    // As httpie sends accept=true.
    let (status, order) = system.patch("store", "/storeOrders/1", json!({"accept": "true"})).await;
    assert_eq!(
        (status, &order["accept"], &order["status"]),
        (StatusCode::OK, &json!(true), &json!("Accepted"))
    );
    let (status, _) = system.patch("store", "/storeOrders/1", json!({"accept": false})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    system.until("app", "/orders/1", |order| order["status"] == "Accepted").await;
}

#[tokio::test]
async fn an_order_that_the_store_rejects_is_refunded_and_not_delivered() {
    let system = start(&[]).await;
    placed(&system).await;
    let (status, order) = put(&system, "store", "/storeOrders/1/reject").await;
    assert_eq!((status, &order["accept"]), (StatusCode::OK, &json!(false)));
    system.until("app", "/orders/1", |order| order["status"] == "Rejected").await;
    system.until("pay", "/payments/1", |payment| payment["status"] == "Canceled").await;
    system.until("rider", "/deliveries/1", |delivery| delivery["status"] == "Canceled").await;
    assert_eq!(put(&system, "store", "/storeOrders/1/start").await.0, StatusCode::CONFLICT);
    assert_eq!(put(&system, "app", "/orders/1/cancel").await.0, StatusCode::CONFLICT);
    assert_eq!(until_told(&system, 2).await[1], "The store rejected your order");
}

#[tokio::test]
async fn each_step_waits_for_the_one_before() {
    let system = start(&[]).await;
    placed(&system).await;
    let early = [
        ("store", "/storeOrders/1/start"),
        ("store", "/storeOrders/1/finish"),
        ("rider", "/deliveries/1/pick"),
        ("rider", "/deliveries/1/deliver"),
    ];
    for (service, path) in early {
        assert_eq!(put(&system, service, path).await.0, StatusCode::CONFLICT, "{path}");
    }
    advance(&system, "Accepted").await;
    for (service, path) in &early[1..] {
        assert_eq!(put(&system, service, path).await.0, StatusCode::CONFLICT, "{path}");
    }
}

#[tokio::test]
async fn a_rider_delivers_by_the_type_that_was_chosen() {
    let system = start(&[]).await;
    for (n, (chosen, shown)) in
        [("도보", "walk"), ("자전거", "bicycle"), ("바이크", "bike"), ("bike", "bike")]
            .into_iter()
            .enumerate()
    {
        let mut order = pizza();
        order["deliveryType"] = json!(chosen);
        let (_, order) = system.post("app", "/orders", order).await;
        assert_eq!(order["deliveryType"], shown);
        let path = format!("/deliveries/{}", n + 1);
        system.until("rider", &path, |delivery| delivery["deliveryType"] == shown).await;
    }
    let mut order = pizza();
    order["deliveryType"] = json!("car");
    assert_eq!(system.post("app", "/orders", order).await.0, StatusCode::BAD_REQUEST);
    system.until("store", "/storeOrders/1", |order| order["status"] == "Received").await;
    for step in ["accept", "start", "finish"] {
        put(&system, "store", &format!("/storeOrders/1/{step}")).await;
    }
    system.until("rider", "/deliveries/1", |delivery| delivery["status"] == "Ready").await;
    let pick =
        |by| system.request("PUT", "rider", "/deliveries/1/pick", json!({"deliveryType": by}));
    assert_eq!(pick("바이크").await.status(), StatusCode::CONFLICT);
    assert_eq!(pick("도보").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_order_is_reviewed_once_and_only_after_its_delivery() {
    let system = start(&[]).await;
    placed(&system).await;
    let review = |rating: i64| {
        system.post("app", "/reviews", json!({"orderId": 1, "rating": rating, "text": "!"}))
    };
    assert_eq!(review(5).await.0, StatusCode::CONFLICT);
    advance(&system, "Picked").await;
    assert_eq!(review(5).await.0, StatusCode::CONFLICT);
    advance_last(&system).await;
    for bad in [0, 6] {
        assert_eq!(review(bad).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(review(5).await.1["id"], 1);
    assert_eq!(review(4).await.0, StatusCode::CONFLICT);
    let (status, _) = system.post("app", "/reviews", json!({"orderId": 9, "rating": 5})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(system.get("app", "/reviews").await.1["page"]["totalElements"], 1);
}

async fn advance_last(system: &brunt_kit::testing::Trial) {
    assert_eq!(put(system, "rider", "/deliveries/1/deliver").await.0, StatusCode::OK);
    system.until("app", "/orders/1", |order| order["status"] == "Delivered").await;
}

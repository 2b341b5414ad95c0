//! Orders as the README places them.

use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{
    order, sell, start, until_delivery, until_order, until_page, wanted, with_stock,
};

/// The commands of the README, in its order, with its numbers.
#[tokio::test]
async fn the_story_of_the_readme_can_be_followed_request_by_request() {
    let system = start(&[]).await;
    let post = |path: &'static str, body| system.post("gateway", path, body);
    let (status, book) = post("/books", json!({"bookName": "LondonTour", "stock": "100"})).await;
    assert_eq!((status, &book["bookId"]), (StatusCode::CREATED, &json!(1)));
    let input = json!({"bookId": "1", "quantity": "10", "inCharger": "CHOI"});
    assert_eq!(post("/stockInputs", input).await.0, StatusCode::CREATED);
    assert_eq!(system.get("gateway", "/books/1").await.1["stock"], 110);
    let (status, coupon) =
        post("/", json!({"couponStatus": "Registered", "customerId": "1"})).await;
    assert_eq!((status, &coupon["couponId"]), (StatusCode::CREATED, &json!(1)));
    let seoul =
        json!({"customerId": "1", "bookId": "1", "quantity": "10", "deliveryAddress": "Seoul"});
    assert_eq!(post("/orders", seoul).await.1["orderId"], 1);
    let wien = |coupon: &str| {
        json!({
            "customerId": "2",
            "bookId": "1",
            "quantity": "200",
            "deliveryAddress": "Wien",
            "couponId": coupon,
        })
    };
    // There is no coupon 2, and the refusal takes no number.
    assert_eq!(post("/orders", wien("2")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(post("/orders", wien("1")).await.1["orderId"], 2);
    until_order(&system, 1, "Shipped").await;
    let used = |coupon: &Value| coupon["couponStatus"] == "Used(Not Available)";
    system.until("gateway", "/mycoupons/1", used).await;
    assert_eq!(system.delete("gateway", "/orders/2").await, (StatusCode::NO_CONTENT, Value::Null));
    assert_eq!(system.get("gateway", "/orders/2").await.0, StatusCode::NOT_FOUND);
    let history = system
        .until("gateway", "/myCoupons/1", |coupon| {
            coupon["history"].as_array().is_some_and(|h| h.len() == 3)
        })
        .await;
    insta::assert_json_snapshot!(history, {
        "._links.*.href" => "[link]",
        ".history[].timestamp" => "[time]",
    });
}

#[tokio::test]
async fn an_order_goes_all_the_way() {
    let system = with_stock(100, &[]).await;
    let id = order(&system, wanted(10)).await;
    until_order(&system, id, "Shipped").await;
    assert_eq!(system.get("bookInventory", "/books/1").await.1["stock"], 90);
    until_delivery(&system, id, "Shipped").await;
    until_page(&system, id, "Shipped").await;
}

#[tokio::test]
async fn resources_look_as_spring_data_rest_users_know_them() {
    let system = with_stock(100, &[]).await;
    system
        .post(
            "bookInventory",
            "/stockInputs",
            json!({"bookId": 1, "quantity": 10, "inCharger": "CHOI"}),
        )
        .await;
    system.post("customer", "/customers", json!({"customerName": "김철수"})).await;
    order(&system, wanted(10)).await;
    until_page(&system, 1, "Shipped").await;
    until_order(&system, 1, "Shipped").await;
    system.until("myCoupon", "/mycoupons/1", |coupon| coupon["couponId"] == 1).await;
    let mut seen = Vec::new();
    for (service, path) in [
        ("order", "/orders/1"),
        ("order", "/orders?size=1&sort=orderId,desc"),
        ("delivery", "/deliveries/1"),
        ("customer", "/customers/1"),
        ("customer", "/myPages/1"),
        ("bookInventory", "/books/1"),
        ("bookInventory", "/deliverables/1"),
        ("bookInventory", "/stockInputs/1"),
        ("coupon", "/coupons/1"),
    ] {
        let text = system.get_text(service, path).await;
        let base = format!("http://{}", system.address(service));
        seen.push(format!("{path}\n{}", text.replace(&base, "http://HOST")));
    }
    insta::assert_snapshot!(seen.join("\n\n"));
}

#[tokio::test]
async fn a_new_resource_has_an_address_behind_the_gateway() {
    let system = start(&[]).await;
    sell(&system, 1).await;
    for (path, body, expected) in [
        ("/", json!({"customerId": 1}), "/coupons/2"),
        ("/books", json!({"bookName": "ParisTour", "stock": 0}), "/books/2"),
        ("/customers", json!({"customerName": "Kim"}), "/customers/1"),
        ("/orders", wanted(1), "/orders/1"),
    ] {
        let response = system.request("POST", "gateway", path, body).await;
        assert_eq!(response.status(), StatusCode::CREATED, "{path}");
        assert_eq!(response.headers()["location"], system.url("gateway", expected));
    }
}

#[tokio::test]
async fn a_repeated_idempotency_key_gives_the_same_order() {
    let mut system = with_stock(100, &[]).await;
    let place = |url: String, quantity: i64| {
        reqwest::Client::new()
            .post(url)
            .header("idempotency-key", "k")
            .json(&wanted(quantity))
            .send()
    };
    let url = system.url("order", "/orders");
    let first = place(url.clone(), 1).await.unwrap();
    // A key that is known asks nobody again.
    system.stop("bookInventory").await;
    let again = place(url.clone(), 1).await.unwrap();
    assert_eq!((first.status(), again.status()), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.headers()["location"], again.headers()["location"]);
    assert_eq!(place(url, 2).await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(system.get("order", "/orders").await.1["page"]["totalElements"], 1);
}

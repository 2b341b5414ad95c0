//! Orders that are made, and orders that cannot be.

use http::StatusCode;
use serde_json::{Value, json};

use crate::system::{SLOW, start};

fn statuses(page: &Value) -> (&str, &str) {
    let text = |field: &str| page[field].as_str().unwrap_or_default();
    (text("orderStatus"), text("productStatus"))
}

#[tokio::test]
async fn an_order_is_completed_and_stock_goes_down() {
    let system = start(&[]).await;
    let (status, order) =
        system.post("gateway", "/orders", json!({"productName": "Americano", "qty": "3"})).await;
    assert_eq!((status, &order["status"]), (StatusCode::CREATED, &json!("Requested")));
    let order = system.until("order", "/orders/1", |order| order["status"] == "Completed").await;
    assert_eq!(order["productId"], 1);
    let page = system
        .until("customercenter", "/mypages/1", |page| page["orderStatus"] == "Completed")
        .await;
    assert_eq!(statuses(&page), ("Completed", "Completed"));
    assert_eq!(system.get("stock", "/stocks/1").await.1["qty"], 1_000_000 - 3);
    insta::assert_json_snapshot!(page, {"._links.*.href" => "[link]"});
}

#[tokio::test]
async fn resources_look_as_spring_data_rest_users_know_them() {
    let system = start(&[SLOW]).await;
    system.post("order", "/orders", json!({"item": "Hot Tea", "qty": 10})).await;
    system.until("product", "/products/1", |product| product["status"] == "Requested").await;
    system.until("customercenter", "/mypages/1", |page| page["orderStatus"] == "Requested").await;
    let mut seen = Vec::new();
    for (service, path) in [
        ("order", "/orders/1"),
        ("order", "/orders?size=1&sort=id,desc"),
        ("product", "/products/1"),
        ("stock", "/stocks/1"),
        ("customercenter", "/mypages/1"),
    ] {
        let text = system.get_text(service, path).await;
        let base = format!("http://{}", system.address(service));
        let text = text.replace(&base, "http://HOST");
        seen.push(format!("{path}\n{text}"));
    }
    insta::assert_snapshot!(seen.join("\n\n"));
}

#[tokio::test]
async fn what_stock_does_not_have_is_out_of_stock() {
    let system = start(&[("INITIAL_STOCK", "Latte=5")]).await;
    for (id, (name, qty)) in [("Latte", 6), ("Mocha", 1)].into_iter().enumerate() {
        system.post("order", "/orders", json!({"productName": name, "qty": qty})).await;
        let path = format!("/orders/{}", id + 1);
        system.until("order", &path, |order| order["status"] == "Out of stock").await;
        let path = format!("/mypages/{}", id + 1);
        let page = system
            .until("customercenter", &path, |page| page["productStatus"] == "Out of stock")
            .await;
        assert_eq!(statuses(&page), ("Out of stock", "Out of stock"));
        let (status, _) = system
            .patch("order", &format!("/orders/{}", id + 1), json!({"status": "Canceled"}))
            .await;
        assert_eq!(status, StatusCode::CONFLICT);
    }
    assert_eq!(system.get("stock", "/stocks/1").await.1["qty"], 5);
}

#[tokio::test]
async fn a_repeated_idempotency_key_gives_the_same_order() {
    let system = start(&[SLOW]).await;
    let place = |qty: i64| {
        let url = system.url("order", "/orders");
        let body = json!({"productName": "Latte", "qty": qty});
        reqwest::Client::new().post(url).header("idempotency-key", "k").json(&body).send()
    };
    let (first, again) = (place(1).await.unwrap(), place(1).await.unwrap());
    assert_eq!((first.status(), again.status()), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.headers()["location"], again.headers()["location"]);
    assert_eq!(place(2).await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(system.get("order", "/orders").await.1["page"]["totalElements"], 1);
}

#[tokio::test]
async fn stock_is_taken_once_for_a_key_and_never_below_zero() {
    let system = start(&[("INITIAL_STOCK", "Latte=100")]).await;
    let racing: Vec<_> = (0..200)
        .map(|n| {
            let url = system.url("stock", "/stocks/reduce");
            let body = json!({"productName": "Latte", "qty": 1});
            // Each key comes twice.
            let request = reqwest::Client::new()
                .post(url)
                .header("idempotency-key", (n / 2).to_string())
                .json(&body);
            tokio::spawn(async move { request.send().await.unwrap().json::<bool>().await.unwrap() })
        })
        .collect();
    let mut taken = 0;
    for answer in racing {
        taken += i32::from(answer.await.unwrap());
    }
    assert_eq!(taken, 200);
    assert_eq!(system.get("stock", "/stocks/1").await.1["qty"], 0);
    let (status, answer) =
        system.post("stock", "/stocks/reduce", json!({"productName": "Latte", "qty": 1})).await;
    assert_eq!((status, answer), (StatusCode::OK, json!(false)));
}

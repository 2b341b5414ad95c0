//! Orders over gRPC, on the port of REST.

use brunt_baemin::SYSTEM;
use brunt_baemin::proto::orders_client::OrdersClient;
use brunt_baemin::proto::{OrderId, Page, PlaceOrder};
use brunt_kit::testing::Trial;
use serde_json::json;
use tonic::{Code, Request};

const NAME: &str = "마라탕 (매운맛)";

fn wanted() -> PlaceOrder {
    PlaceOrder {
        product_name: NAME.into(),
        order_total_price: Some(12_000),
        customer_addr: Some("서울".into()),
        ..PlaceOrder::default()
    }
}

#[tokio::test]
async fn an_order_over_grpc_is_paid_and_the_same_over_rest() {
    let system = Trial::start(&SYSTEM, &[]).await;
    let mut orders = OrdersClient::new(system.channel("order").await);
    for _ in 0..2 {
        let mut request = Request::new(wanted());
        request.metadata_mut().insert("idempotency-key", "k".parse().unwrap());
        assert_eq!(orders.place(request).await.unwrap().into_inner().id, 1);
    }
    let (_, shown) = system.get("order", "/orders/1").await;
    assert_eq!((&shown["productName"], &shown["customerAddr"]), (&json!(NAME), &json!("서울")));
    assert!(shown["orderDate"].as_str().is_some_and(|date| date.len() > 10), "{shown}");
    let (_, paid) = system.get("payment", "/payments/1").await;
    assert_eq!((&paid["orderId"], &paid["payAmount"]), (&json!(1), &json!(12_000)));
    assert_eq!(system.get("payment", "/payments").await.1["page"]["totalElements"], 1);
    assert_eq!(
        orders.list(Page::default()).await.unwrap().into_inner().orders[0].product_name,
        NAME
    );
    orders.cancel(OrderId { id: 1 }).await.unwrap();
    assert_eq!(orders.get(OrderId { id: 1 }).await.unwrap_err().code(), Code::NotFound);
    system.until("payment", "/payments", |page| page["page"]["totalElements"] == 0).await;
}

#[tokio::test]
async fn refusals_have_their_grpc_status_codes_and_no_unpaid_order_is_accepted() {
    let mut system = Trial::start(&SYSTEM, &[]).await;
    let mut orders = OrdersClient::new(system.channel("order").await);
    let negative = PlaceOrder { product_price: Some(-1), ..wanted() };
    assert_eq!(orders.place(negative).await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(
        orders.place(PlaceOrder::default()).await.unwrap_err().code(),
        Code::InvalidArgument
    );
    assert_eq!(orders.cancel(OrderId { id: 9 }).await.unwrap_err().code(), Code::NotFound);
    system.stop("payment").await;
    assert_eq!(orders.place(wanted()).await.unwrap_err().code(), Code::Unavailable);
    assert_eq!(orders.list(Page::default()).await.unwrap().into_inner().total, 0);
}

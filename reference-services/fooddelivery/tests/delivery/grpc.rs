//! Orders over gRPC, on the port of REST.

use brunt_fooddelivery::proto::orders_client::OrdersClient;
use brunt_fooddelivery::proto::{OrderId, Page, PlaceOrder};
use serde_json::json;
use tonic::{Code, Request};

use crate::system::{advance, placed, start};

fn wanted() -> PlaceOrder {
    PlaceOrder {
        menu: "피자 🍕".into(),
        qty: 2,
        price: 20_000,
        delivery_type: Some("도보".into()),
        address: Some("서울".into()),
        ..PlaceOrder::default()
    }
}

#[tokio::test]
async fn an_order_over_grpc_is_paid_and_the_same_over_rest() {
    let system = start(&[]).await;
    let mut orders = OrdersClient::new(system.channel("app").await);
    for _ in 0..2 {
        let mut request = Request::new(wanted());
        request.metadata_mut().insert("idempotency-key", "k".parse().unwrap());
        let order = orders.place(request).await.unwrap().into_inner();
        assert_eq!(
            (order.id, order.delivery_type.as_str(), order.status.as_str()),
            (1, "walk", "Placed")
        );
    }
    let (_, shown) = system.get("app", "/orders/1").await;
    assert_eq!((&shown["menu"], &shown["address"]), (&json!("피자 🍕"), &json!("서울")));
    assert_eq!(system.get("pay", "/payments").await.1["page"]["totalElements"], 1);
    assert_eq!(orders.cancel(OrderId { id: 1 }).await.unwrap().into_inner().status, "Canceled");
    let page = orders.list(Page { number: 0, size: 1 }).await.unwrap().into_inner();
    assert_eq!((page.total, page.orders[0].status.as_str()), (1, "Canceled"));
}

#[tokio::test]
async fn refusals_have_their_grpc_status_codes() {
    let mut system = start(&[]).await;
    let mut orders = OrdersClient::new(system.channel("app").await);
    let flying = PlaceOrder { delivery_type: Some("drone".into()), ..wanted() };
    assert_eq!(orders.place(flying).await.unwrap_err().code(), Code::InvalidArgument);
    let nothing = PlaceOrder { qty: 0, ..wanted() };
    assert_eq!(orders.place(nothing).await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(orders.get(OrderId { id: 9 }).await.unwrap_err().code(), Code::NotFound);
    system.stop("pay").await;
    assert_eq!(orders.place(wanted()).await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn once_cooking_has_begun_it_is_too_late_to_cancel() {
    let system = start(&[]).await;
    let mut orders = OrdersClient::new(system.channel("app").await);
    placed(&system).await;
    advance(&system, "Cooking").await;
    assert_eq!(
        orders.cancel(OrderId { id: 1 }).await.unwrap_err().code(),
        Code::FailedPrecondition
    );
}

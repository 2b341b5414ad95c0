//! Orders over gRPC, on the port of REST.

use brunt_bookstore::proto::orders_client::OrdersClient;
use brunt_bookstore::proto::{OrderId, Page, PlaceOrder};
use serde_json::json;
use tonic::{Code, Request};

use crate::system::with_stock;

const ADDRESS: &str = "서울특별시 종로구 세종대로 172";

fn wanted() -> PlaceOrder {
    PlaceOrder {
        book_id: 1,
        customer_id: 1,
        quantity: 1,
        delivery_address: ADDRESS.into(),
        coupon_id: None,
    }
}

#[tokio::test]
async fn an_order_over_grpc_is_the_same_over_rest() {
    let system = with_stock(0, &[]).await;
    let mut orders = OrdersClient::new(system.channel("order").await);
    for _ in 0..2 {
        let mut request = Request::new(wanted());
        request.metadata_mut().insert("idempotency-key", "k".parse().unwrap());
        let order = orders.place(request).await.unwrap().into_inner();
        assert_eq!((order.order_id, order.order_status.as_str()), (1, "Ordered"));
    }
    let (_, shown) = system.get("order", "/orders/1").await;
    assert_eq!((&shown["deliveryAddress"], &shown["couponId"]), (&json!(ADDRESS), &json!(null)));
    let delivery =
        system.until("delivery", "/deliveries/1", |delivery| delivery["orderId"] == 1).await;
    assert_eq!(delivery["deliveryAddress"], ADDRESS);
    let page = orders.list(Page::default()).await.unwrap().into_inner();
    assert_eq!((page.total, page.orders[0].delivery_address.as_str()), (1, ADDRESS));
    orders.cancel(OrderId { order_id: 1 }).await.unwrap();
    assert_eq!(orders.get(OrderId { order_id: 1 }).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn refusals_have_their_grpc_status_codes() {
    let mut system = with_stock(100, &[]).await;
    let mut orders = OrdersClient::new(system.channel("order").await);
    let mut code = async |order: PlaceOrder| orders.place(order).await.unwrap_err().code();
    assert_eq!(code(PlaceOrder { quantity: 0, ..wanted() }).await, Code::InvalidArgument);
    assert_eq!(code(PlaceOrder { book_id: 9, ..wanted() }).await, Code::NotFound);
    assert_eq!(code(PlaceOrder { coupon_id: Some(9), ..wanted() }).await, Code::NotFound);
    system.stop("bookInventory").await;
    assert_eq!(code(wanted()).await, Code::Unavailable);
    system.restart("bookInventory").await;
    let order = orders.place(wanted()).await.unwrap().into_inner();
    system.until("order", "/orders/1", |order| order["orderStatus"] == "Shipped").await;
    let refusal = orders.cancel(OrderId { order_id: order.order_id }).await.unwrap_err();
    assert_eq!(refusal.code(), Code::FailedPrecondition);
}

//! `brunt.bookstore.v1.Orders`: the same commands as over REST.

use axum::Router;
use brunt_kit::grpc::{self, Call};
use brunt_kit::health::Health;
use tonic::{Request, Response, Status};

use crate::order::commands::App;
use crate::order::domain::{Order, Placement};
use crate::proto::orders_server::{Orders, OrdersServer};
use crate::proto::{self, OrderId, OrderList, PlaceOrder};

pub fn routes(app: App, health: &Health) -> Router {
    let server = OrdersServer::new(app).max_decoding_message_size(grpc::MAX_MESSAGE_BYTES);
    grpc::routes(server, proto::DESCRIPTORS, health)
}

#[tonic::async_trait]
impl Orders for App {
    async fn place(&self, request: Request<PlaceOrder>) -> Result<Response<proto::Order>, Status> {
        let (call, message) = Call::open(request)?;
        let order = self.place(message.into(), call.idempotency_key, call.cause).await?;
        Ok(Response::new(order.into()))
    }

    async fn cancel(&self, request: Request<OrderId>) -> Result<Response<()>, Status> {
        let (call, message) = Call::open(request)?;
        self.cancel(message.order_id, call.cause).await?;
        Ok(Response::new(()))
    }

    async fn get(&self, request: Request<OrderId>) -> Result<Response<proto::Order>, Status> {
        let order = self.find(request.into_inner().order_id).await?;
        Ok(Response::new(order.into()))
    }

    async fn list(&self, request: Request<proto::Page>) -> Result<Response<OrderList>, Status> {
        let proto::Page { number, size } = request.into_inner();
        let page = self.page(grpc::page(number, size)).await?;
        let orders = page.items.into_iter().map(proto::Order::from).collect();
        Ok(Response::new(OrderList { orders, total: page.total }))
    }
}

impl From<PlaceOrder> for Placement {
    fn from(message: PlaceOrder) -> Self {
        let PlaceOrder { book_id, customer_id, quantity, delivery_address, coupon_id } = message;
        Self { book_id, customer_id, quantity, delivery_address, coupon_id }
    }
}

impl From<Order> for proto::Order {
    fn from(Order { order_id, placement, order_status, .. }: Order) -> Self {
        let Placement { book_id, customer_id, quantity, delivery_address, coupon_id } = placement;
        let order_status = order_status.text().to_owned();
        Self { order_id, book_id, customer_id, quantity, delivery_address, coupon_id, order_status }
    }
}

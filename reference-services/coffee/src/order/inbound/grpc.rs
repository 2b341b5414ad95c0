//! `brunt.coffee.v1.Orders`: the same commands as over REST.

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

    async fn cancel(&self, request: Request<OrderId>) -> Result<Response<proto::Order>, Status> {
        let (call, message) = Call::open(request)?;
        let order = self.cancel(self.find(message.id).await?, call.cause).await?;
        Ok(Response::new(order.into()))
    }

    async fn get(&self, request: Request<OrderId>) -> Result<Response<proto::Order>, Status> {
        let order = self.find(request.into_inner().id).await?;
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
    fn from(PlaceOrder { product_name, qty, product_id }: PlaceOrder) -> Self {
        Self { product_id, product_name, qty }
    }
}

impl From<Order> for proto::Order {
    fn from(order: Order) -> Self {
        let Order { id, product_id, product_name, qty, status, version: _ } = order;
        Self { id, product_name, qty, product_id, status: status.text().to_owned() }
    }
}

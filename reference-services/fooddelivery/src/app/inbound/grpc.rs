//! `brunt.fooddelivery.v1.Orders`: the same commands as over REST.

use axum::Router;
use brunt_kit::grpc::{self, Call};
use brunt_kit::health::Health;
use brunt_kit::rest::Problem;
use tonic::{Request, Response, Status};

use crate::app::commands::App;
use crate::app::domain::{Order, Placement};
use crate::app::inbound::rest;
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
        let order = self.place(message.try_into()?, call.idempotency_key, call.cause).await?;
        Ok(Response::new(order.into()))
    }

    async fn cancel(&self, request: Request<OrderId>) -> Result<Response<proto::Order>, Status> {
        let (call, message) = Call::open(request)?;
        let order = self.cancel(message.id, call.cause).await?;
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

impl TryFrom<PlaceOrder> for Placement {
    type Error = Problem;

    fn try_from(message: PlaceOrder) -> Result<Self, Problem> {
        let PlaceOrder { menu, qty, price, store_id, delivery_type, address, customer } = message;
        let delivery_type = rest::delivery_type(delivery_type.as_deref())?;
        Ok(Self { menu, qty, price, store_id, delivery_type, address, customer })
    }
}

impl From<Order> for proto::Order {
    fn from(Order { id, placement, status, .. }: Order) -> Self {
        let Placement { menu, qty, price, store_id, delivery_type, address, customer } = placement;
        let (delivery_type, status) = (delivery_type.text().to_owned(), format!("{status:?}"));
        Self { id, menu, qty, price, store_id, delivery_type, address, customer, status }
    }
}

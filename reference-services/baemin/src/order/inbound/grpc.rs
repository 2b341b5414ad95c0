//! `brunt.baemin.v1.Orders`: the same commands as over REST.

use axum::Router;
use brunt_kit::grpc::{self, Call};
use brunt_kit::health::Health;
use tonic::{Request, Response, Status};

use crate::order::commands::App;
use crate::order::domain::{Order, Placement};
use crate::order::inbound::rest;
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
        self.cancel(message.id, call.cause).await?;
        Ok(Response::new(()))
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
    fn from(message: PlaceOrder) -> Self {
        Self {
            order_id: message.order_id,
            customer_id: message.customer_id,
            product_name: message.product_name,
            product_price: message.product_price,
            order_total_price: message.order_total_price,
            order_date: message.order_date.unwrap_or_else(rest::now),
            customer_addr: message.customer_addr,
            customer_tel: message.customer_tel,
        }
    }
}

impl From<Order> for proto::Order {
    fn from(Order { id, placement, order_status, version: _ }: Order) -> Self {
        Self {
            id,
            order_id: placement.order_id,
            customer_id: placement.customer_id,
            product_name: placement.product_name,
            product_price: placement.product_price,
            order_total_price: placement.order_total_price,
            order_date: placement.order_date,
            customer_addr: placement.customer_addr,
            customer_tel: placement.customer_tel,
            order_status: format!("{order_status:?}"),
        }
    }
}

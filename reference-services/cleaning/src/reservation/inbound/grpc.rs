//! `brunt.cleaning.v1.Reservations`: the same commands as over REST.

use axum::Router;
use brunt_kit::grpc::{self, Call};
use brunt_kit::health::Health;
use tonic::{Request, Response, Status};

use crate::proto::reservations_server::{Reservations, ReservationsServer};
use crate::proto::{self, ReservationId, ReservationList, ReserveCleaning};
use crate::reservation::commands::App;
use crate::reservation::domain::{Placement, Reservation};

pub fn routes(app: App, health: &Health) -> Router {
    let server = ReservationsServer::new(app).max_decoding_message_size(grpc::MAX_MESSAGE_BYTES);
    grpc::routes(server, proto::DESCRIPTORS, health)
}

#[tonic::async_trait]
impl Reservations for App {
    async fn reserve(
        &self,
        request: Request<ReserveCleaning>,
    ) -> Result<Response<proto::Reservation>, Status> {
        let (call, message) = Call::open(request)?;
        let reservation = self.reserve(message.into(), call.idempotency_key, call.cause).await?;
        Ok(Response::new(reservation.into()))
    }

    async fn cancel(&self, request: Request<ReservationId>) -> Result<Response<()>, Status> {
        let (call, message) = Call::open(request)?;
        self.cancel(message.id, call.cause).await?;
        Ok(Response::new(()))
    }

    async fn get(
        &self,
        request: Request<ReservationId>,
    ) -> Result<Response<proto::Reservation>, Status> {
        let reservation = self.find(request.into_inner().id).await?;
        Ok(Response::new(reservation.into()))
    }

    async fn list(
        &self,
        request: Request<proto::Page>,
    ) -> Result<Response<ReservationList>, Status> {
        let proto::Page { number, size } = request.into_inner();
        let page = self.page(grpc::page(number, size)).await?;
        let reservations = page.items.into_iter().map(proto::Reservation::from).collect();
        Ok(Response::new(ReservationList { reservations, total: page.total }))
    }
}

impl From<ReserveCleaning> for Placement {
    fn from(message: ReserveCleaning) -> Self {
        let ReserveCleaning { request_date, place, price, customer_name } = message;
        Self { request_date, place, price, customer_name }
    }
}

impl From<Reservation> for proto::Reservation {
    fn from(Reservation { id, placement, status, version: _ }: Reservation) -> Self {
        let Placement { request_date, place, price, customer_name } = placement;
        Self { id, request_date, place, price, customer_name, status: format!("{status:?}") }
    }
}

//! `/deliveries`.

mod payload;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, put};
use brunt_kit::hal;
use brunt_kit::openapi::{self, Operation, body, document, fields, maybe, one_of, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, Problem, parse_id};
use brunt_kit::store::{Store, View};

use http::Uri;
use serde_json::Value;

use crate::rider::domain::{Command, Delivery};
use crate::rider::outbound::store::{self, Refusal};

use payload::DeliveryResource;

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/deliveries", get(list))
        .route("/deliveries/{id}", get(one))
        .route("/deliveries/{id}/pick", put(pick))
        .route("/deliveries/{id}/deliver", put(deliver))
        .with_state(store)
}

type Answer = Result<Response, Problem>;

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Answer {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<Delivery>(request.clone()).await?;
    let items = page.items.iter().map(DeliveryResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(State(store): State<Store>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = parse_id(&id)?;
    let delivery = store.read(move |view: &View<'_>| view.get::<Delivery>(id)).await?;
    hal::item(&caller, &DeliveryResource::from(&delivery.ok_or(Refusal::NoSuchDelivery)?))
}

async fn pick(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let by = payload::picked_by(&body)?;
    change(&store, &caller, parse_id(&id)?, Command::Pick(by)).await
}

async fn deliver(State(store): State<Store>, caller: Caller, Path(id): Path<String>) -> Answer {
    change(&store, &caller, parse_id(&id)?, Command::Deliver).await
}

async fn change(store: &Store, caller: &Caller, id: i64, command: Command) -> Answer {
    let cause = caller.cause.clone();
    let delivery = store.write(move |tx| store::change(tx, id, command, &cause)).await?;
    hal::item(caller, &DeliveryResource::from(&delivery))
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => Self::conflict(rejection.to_string()),
            Refusal::NoSuchDelivery => Self::not_found(refusal.to_string()),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let way = || one_of(&["walk", "bicycle", "bike", "도보", "자전거", "바이크"]);
    let delivery = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("deliveryType", text()),
        ("status", text()),
    ]);
    let rider = body(&[("deliveryType", maybe(way()))]);
    let step =
        |operation: Operation| operation.gives(&delivery).refuses(409, "It is not the next step");
    document(
        "rider",
        &[
            openapi::get("/deliveries", "A page of deliveries").pages(&delivery),
            openapi::get("/deliveries/{id}", "One delivery").gives(&delivery),
            step(openapi::put("/deliveries/{id}/pick", "A rider takes it").may_take(&rider)),
            step(openapi::put("/deliveries/{id}/deliver", "It was delivered")),
        ],
    )
}

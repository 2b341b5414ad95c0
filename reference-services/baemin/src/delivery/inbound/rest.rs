//! `/deliveries`, read only: what is delivered follows from what is paid.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal::{self, Resource};
use brunt_kit::openapi::{self, document, fields, maybe, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde::Serialize;
use serde_json::Value;

use crate::delivery::domain::{Delivery, Parcel, Status};

/// A delivery as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryResource {
    id: i64,
    order_id: i64,
    order_status: Status,
    customer_addr: Option<String>,
    customer_tel: Option<String>,
    customer_id: Option<i64>,
    delivery_id: i64,
}

impl From<&Delivery> for DeliveryResource {
    fn from(delivery: &Delivery) -> Self {
        let Parcel { order_id, customer_addr, customer_tel, customer_id } = delivery.parcel.clone();
        let (id, order_status) = (delivery.id, delivery.order_status);
        Self {
            id,
            order_id,
            order_status,
            customer_addr,
            customer_tel,
            customer_id,
            delivery_id: id,
        }
    }
}

impl Resource for DeliveryResource {
    const COLLECTION: &'static str = "deliveries";
    const ITEM: &'static str = "delivery";

    fn id(&self) -> i64 {
        self.id
    }
}

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/deliveries", get(list))
        .route("/deliveries/{id}", get(one))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<Delivery>(request.clone()).await?;
    let items = page.items.iter().map(DeliveryResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let delivery = store.read(move |view: &View<'_>| view.get::<Delivery>(id)).await?;
    let delivery = delivery.ok_or_else(|| Problem::not_found("there is no such delivery"))?;
    hal::item(&caller, &DeliveryResource::from(&delivery))
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let delivery = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("orderStatus", text()),
        ("customerAddr", maybe(text())),
        ("customerTel", maybe(text())),
        ("customerId", maybe(whole(i64::MIN))),
        ("deliveryId", whole(1)),
    ]);
    document(
        "delivery",
        &[
            openapi::get("/deliveries", "A page of deliveries").pages(&delivery),
            openapi::get("/deliveries/{id}", "One delivery").gives(&delivery),
        ],
    )
}

//! `/deliveries`. Their statuses are set by the carrier.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal::{self, Resource};
use brunt_kit::openapi::{self, Operation, body, document, fields, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, integer, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::delivery::domain::{Command, Delivery, MAX_STATUS, Rejection, Status};
use crate::delivery::outbound::store::{self, Refusal};

/// A delivery as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryResource {
    id: i64,
    order_id: i64,
    delivery_address: String,
    delivery_status: String,
}

impl From<&Delivery> for DeliveryResource {
    fn from(delivery: &Delivery) -> Self {
        let Delivery { id, order_id, delivery_address, delivery_status, .. } = delivery.clone();
        Self { id, order_id, delivery_address, delivery_status: delivery_status.text().to_owned() }
    }
}

impl Resource for DeliveryResource {
    const COLLECTION: &'static str = "deliveries";
    const ITEM: &'static str = "delivery";

    fn id(&self) -> i64 {
        self.id
    }
}

/// A change to a delivery. Only the status can be changed, but a client may send back the whole of
/// what it was sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChangeDelivery {
    #[serde(default)]
    delivery_status: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    order_id: Option<i64>,
    #[serde(default)]
    delivery_address: Option<String>,
    #[serde(default, rename = "_links")]
    _links: Option<Value>,
}

impl ChangeDelivery {
    fn said(&self, delivery: &Delivery) -> Result<Status, Problem> {
        let same = self.id.is_none_or(|id| id == delivery.id)
            && self.order_id.is_none_or(|id| id == delivery.order_id)
            && self
                .delivery_address
                .as_ref()
                .is_none_or(|address| *address == delivery.delivery_address);
        if !same {
            return Err(Problem::malformed("only the deliveryStatus of a delivery can be changed"));
        }
        let said = self.delivery_status.as_deref().unwrap_or(delivery.delivery_status.text());
        Ok(Status::parse(said).map_err(Refusal::from)?)
    }
}

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/deliveries", get(list))
        .route("/deliveries/{id}", get(one).patch(change).put(change))
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
    let delivery = find(&store, parse_id(&id)?).await?;
    hal::item(&caller, &DeliveryResource::from(&delivery))
}

async fn change(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<ChangeDelivery>,
) -> Result<Response, Problem> {
    let delivery = find(&store, parse_id(&id)?).await?;
    let command = Command::Report(body.said(&delivery)?);
    let cause = caller.cause.clone();
    let delivery = store.write(move |tx| store::change(tx, delivery.id, command, &cause)).await?;
    hal::item(&caller, &DeliveryResource::from(&delivery))
}

async fn find(store: &Store, id: i64) -> Result<Delivery, Problem> {
    let delivery = store.read(move |view: &View<'_>| view.get::<Delivery>(id)).await?;
    Ok(delivery.ok_or(Refusal::Rejected(Rejection::Unknown))?)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::NoStatus) => Self::malformed(message),
            Refusal::Rejected(Rejection::Unknown) => Self::not_found(message),
            Refusal::Rejected(_) => Self::conflict(message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let delivery = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("deliveryAddress", text()),
        ("deliveryStatus", text()),
    ]);
    let status = json!({ "type": "string", "maxLength": MAX_STATUS, "pattern": "\\S" });
    let change = body(&[("deliveryStatus*", status)]);
    let report = |operation: Operation| {
        operation.takes(&change).gives(&delivery).refuses(409, "Not in this state")
    };
    document(
        "delivery",
        &[
            openapi::get("/deliveries", "A page of deliveries").pages(&delivery),
            openapi::get("/deliveries/{id}", "One delivery").gives(&delivery),
            report(openapi::patch("/deliveries/{id}", "Say how far it is")),
            report(openapi::put("/deliveries/{id}", "Say how far it is")),
        ],
    )
}

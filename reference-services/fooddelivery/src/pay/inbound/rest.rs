//! `/payments`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal;
use brunt_kit::openapi::{Operation, document, object};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::pay::domain::{Payment, Rejection};
use crate::pay::outbound::store::{self, Refusal};

use payload::Pay;
pub use payload::PaymentResource;

pub fn routes(store: Store) -> Router {
    Router::new().route("/payments", get(list).post(pay)).route("/payments/{id}", get(one)).with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let asked = request.clone();
    let page = store.read(move |view: &View<'_>| view.page::<Payment>(&asked)).await?;
    let items = page.items.iter().map(PaymentResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let payment = store.read(move |view: &View<'_>| view.get::<Payment>(id)).await?;
    hal::item(&caller, &PaymentResource::from(&payment.ok_or(Refusal::NoSuchPayment)?))
}

async fn pay(
    State(store): State<Store>,
    caller: Caller,
    JsonBody(body): JsonBody<Pay>,
) -> Result<Response, Problem> {
    let charge = body.into_charge()?;
    let (key, cause) = (caller.idempotency_key.clone(), caller.cause.clone());
    let payment = store.write(move |tx| store::take(tx, charge, key.as_deref(), &cause)).await?;
    hal::created(&caller, &PaymentResource::from(&payment))
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::NegativePrice) => Self::malformed(message),
            Refusal::Rejected(Rejection::CalledOff) => Self::conflict(message),
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::NoSuchPayment => Self::not_found(message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The service's OpenAPI document.
pub fn api() -> Value {
    let charge = object(&[("orderId*", "integer"), ("price*", "integer")]);
    let operation =
        |method, path, summary, body, responses| Operation { method, path, summary, body, responses };
    let paid: &'static [_] = &[
        (201, "The payment"),
        (400, "Malformed"),
        (409, "The order was called off"),
        (422, "The Idempotency-Key is another payment's"),
    ];
    let found: &'static [_] = &[(200, "The payment"), (404, "No such payment")];
    document(
        "pay",
        &[
            operation("get", "/payments", "A page of payments", None, &[(200, "The page")]),
            operation("post", "/payments", "Pay for an order", Some(charge), paid),
            operation("get", "/payments/{id}", "One payment", None, found),
        ],
    )
}

//! `/payments`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal;
use brunt_kit::openapi::{self, body, document, fields, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::pay::domain::{Payment, Rejection};
use crate::pay::outbound::store::{self, Refusal};

use payload::{Pay, PaymentResource};

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/payments", get(list).post(pay))
        .route("/payments/{id}", get(one))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<Payment>(request.clone()).await?;
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
    let payment = store.write(move |tx| store::pay(tx, charge, key.as_deref(), &cause)).await?;
    hal::created(&caller, &PaymentResource::from(&payment))
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::NegativePrice) => Self::malformed(message),
            Refusal::Rejected(Rejection::OrderCanceled) => Self::conflict(message),
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::NoSuchPayment => Self::not_found(message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let payment = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("price", whole(0)),
        ("status", text()),
    ]);
    let charge = body(&[("orderId*", whole(i64::MIN)), ("price*", whole(0))]);
    let pay =
        openapi::post("/payments", "Pay for an order").takes(&charge).keyed().creates(&payment);
    document(
        "pay",
        &[
            openapi::get("/payments", "A page of payments").pages(&payment),
            pay.refuses(409, "The order was canceled"),
            openapi::get("/payments/{id}", "One payment").gives(&payment),
        ],
    )
}

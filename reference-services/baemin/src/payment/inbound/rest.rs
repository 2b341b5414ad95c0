//! `/payments`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::config::Guard;
use brunt_kit::hal;
use brunt_kit::openapi::{self, anything, body, document, fields, maybe, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::payment::domain::{Payment, Rejection};
use crate::payment::outbound::store::{self, Refusal};

use payload::{Pay, PaymentResource};

/// The state that the request handlers share.
#[derive(Clone)]
struct App {
    store: Store,
    /// Off charges a second time when a request is repeated.
    idempotency_key: Guard,
}

pub fn routes(store: Store, idempotency_key: Guard) -> Router {
    Router::new()
        .route("/payments", get(list).post(pay))
        .route("/payments/{id}", get(one).delete(cancel))
        .with_state(App { store, idempotency_key })
}

async fn list(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = app.store.page::<Payment>(request.clone()).await?;
    let items = page.items.iter().map(PaymentResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let payment = app.store.read(move |view: &View<'_>| view.get::<Payment>(id)).await?;
    let payment = payment.ok_or(Refusal::Rejected(Rejection::NoSuchPayment))?;
    hal::item(&caller, &PaymentResource::from(&payment))
}

async fn pay(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<Pay>,
) -> Result<Response, Problem> {
    let request = body.into_charge()?;
    // The guard forgets the key at the edge, so that everything behind it is the same
    // with and without.
    let key = caller.idempotency_key.clone().filter(|_| app.idempotency_key == Guard::On);
    let cause = caller.cause.clone();
    let payment = app.store.write(move |tx| store::pay(tx, request, key, &cause)).await?;
    hal::created(&caller, &PaymentResource::from(&payment))
}

async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = parse_id(&id)?;
    app.store.write(move |tx| store::cancel(tx, id, &caller.cause)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::NegativeAmount) => Self::malformed(message),
            Refusal::Rejected(Rejection::OrderCanceled(_)) => Self::conflict(message),
            Refusal::Rejected(Rejection::NoSuchPayment) => Self::not_found(message),
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let payment = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("payStatus", text()),
        ("payAmount", whole(0)),
    ]);
    let request = body(&[
        ("orderId*", whole(i64::MIN)),
        ("payAmount", maybe(whole(0))),
        ("payStatus", anything()),
        ("customerId", maybe(whole(i64::MIN))),
        ("customerAddr", maybe(text())),
        ("customerTel", maybe(text())),
    ]);
    let pay =
        openapi::post("/payments", "Pay for an order").takes(&request).keyed().creates(&payment);
    document(
        "payment",
        &[
            openapi::get("/payments", "A page of payments").pages(&payment),
            pay.refuses(409, "The order was canceled"),
            openapi::get("/payments/{id}", "One payment").gives(&payment),
            openapi::delete("/payments/{id}", "Take a payment back")
                .ends(204, "It is refunded, and nothing is delivered"),
        ],
    )
}

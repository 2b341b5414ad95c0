//! `/orders`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal;
use brunt_kit::openapi::{Operation, document, object};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::View;
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::order::checkout::Checkout;
use crate::order::domain::{Order, Rejection};
use crate::order::outbound::store::{self, Refusal};

pub use payload::OrderResource;
use payload::PlaceOrder;

pub fn routes(checkout: Checkout) -> Router {
    Router::new()
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(one).delete(cancel))
        .with_state(checkout)
}

async fn list(State(app): State<Checkout>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let asked = request.clone();
    let page = app.store.read(move |view: &View<'_>| view.page::<Order>(&asked)).await?;
    let items = page.items.iter().map(OrderResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(app): State<Checkout>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let order = app.store.read(move |view: &View<'_>| view.get::<Order>(id)).await?;
    hal::item(&caller, &OrderResource::from(&order.ok_or(Refusal::Rejected(Rejection::NoSuchOrder))?))
}

async fn place(
    State(app): State<Checkout>,
    caller: Caller,
    JsonBody(body): JsonBody<PlaceOrder>,
) -> Result<Response, Problem> {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let placement = body.into_placement(now);
    placement.check().map_err(Refusal::from)?;
    let (cause, key) = (caller.cause.clone(), caller.idempotency_key.clone());
    hal::created(&caller, &OrderResource::from(&app.place(placement, key, cause).await?))
}

async fn cancel(
    State(app): State<Checkout>,
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
            Refusal::Rejected(Rejection::NoSuchOrder) => Self::not_found(message),
            Refusal::Rejected(Rejection::NoProductName | Rejection::NegativePrice) => {
                Self::malformed(message)
            }
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::InProgress => Self::conflict(message).retry_after(1),
            Refusal::TooLate => Self::unavailable(message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The service's OpenAPI document.
pub fn api() -> Value {
    let placement = object(&[
        ("orderId", "integer"),
        ("customerId", "integer"),
        ("productName*", "string"),
        ("productPrice", "integer"),
        ("orderTotalPrice", "integer"),
        ("orderDate", "string"),
        ("customerAddr", "string"),
        ("customerTel", "string"),
    ]);
    let operation =
        |method, path, summary, body, responses| Operation { method, path, summary, body, responses };
    let placed: &'static [_] = &[
        (201, "The order; it is paid"),
        (400, "Malformed"),
        (409, "Payment refuses it, or an order with this Idempotency-Key is being paid for"),
        (422, "The Idempotency-Key is another order's"),
        (503, "Payment cannot be asked: nothing was ordered"),
    ];
    let known: &'static [_] = &[(200, "The order"), (404, "No such order")];
    let canceled: &'static [_] =
        &[(204, "It does not stand any more; payment and delivery follow"), (404, "No such order")];
    document(
        "order",
        &[
            operation("get", "/orders", "A page of orders", None, &[(200, "The page")]),
            operation("post", "/orders", "Order and pay", Some(placement), placed),
            operation("get", "/orders/{id}", "One order", None, known),
            operation("delete", "/orders/{id}", "Cancel an order", None, canceled),
        ],
    )
}

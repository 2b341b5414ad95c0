//! `/orders`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal;
use brunt_kit::openapi::{self, anything, body, document, fields, maybe, text, whole, word};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::order::commands::App;
use crate::order::domain::Rejection;
use crate::order::outbound::store::Refusal;

use payload::{OrderResource, PlaceOrder};

pub fn routes(app: App) -> Router {
    Router::new()
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(one).delete(cancel))
        .with_state(app)
}

async fn list(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = app.page(request.clone()).await?;
    let items = page.items.iter().map(OrderResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    hal::item(&caller, &OrderResource::from(&app.find(parse_id(&id)?).await?))
}

async fn place(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<PlaceOrder>,
) -> Result<Response, Problem> {
    let (cause, key) = (caller.cause.clone(), caller.idempotency_key.clone());
    let order = app.place(body.into_placement(now()), key, cause).await?;
    hal::created(&caller, &OrderResource::from(&order))
}

async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.cancel(parse_id(&id)?, caller.cause).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The date of an order that a client sends without one.
pub(super) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let message = rejection.to_string();
        match rejection {
            Rejection::NoSuchOrder => Self::not_found(message),
            Rejection::NoProductName | Rejection::NegativePrice => Self::malformed(message),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => rejection.into(),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let number = || maybe(whole(i64::MIN));
    let price = || maybe(whole(0));
    let order = fields(&[
        ("id", whole(1)),
        ("orderId", number()),
        ("customerId", number()),
        ("productName", word()),
        ("productPrice", price()),
        ("orderTotalPrice", price()),
        ("orderStatus", text()),
        ("orderDate", text()),
        ("customerAddr", maybe(text())),
        ("customerTel", maybe(text())),
    ]);
    let placement = body(&[
        ("orderId", number()),
        ("customerId", number()),
        ("productName*", word()),
        ("productPrice", price()),
        ("orderTotalPrice", price()),
        ("orderStatus", anything()),
        ("orderDate", maybe(text())),
        ("customerAddr", maybe(text())),
        ("customerTel", maybe(text())),
    ]);
    let place = openapi::post("/orders", "Order and pay").takes(&placement).keyed().creates(&order);
    let cancel = openapi::delete("/orders/{id}", "Cancel an order");
    document(
        "order",
        &[
            openapi::get("/orders", "A page of orders").pages(&order),
            place
                .refuses(
                    409,
                    "Payment refuses it, or an order with this Idempotency-Key is being paid for",
                )
                .refuses(404, "What was ordered with this Idempotency-Key was canceled since")
                .refuses(503, "Payment cannot be asked: nothing was ordered"),
            openapi::get("/orders/{id}", "One order").gives(&order),
            cancel.ends(204, "It is canceled; payment and delivery follow"),
        ],
    )
}

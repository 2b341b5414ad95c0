//! `/orders`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal;
use brunt_kit::openapi::{
    self, Operation, body, document, fields, maybe, one_of, text, whole, word,
};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::order::commands::App;
use crate::order::domain::Rejection;
use crate::order::outbound::store::Refusal;

use payload::{ChangeOrder, OrderResource, PlaceOrder};

pub fn routes(app: App) -> Router {
    Router::new()
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(one).patch(change).put(change))
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
    let order = app.find(parse_id(&id)?).await?;
    hal::item(&caller, &OrderResource::from(&order))
}

async fn place(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<PlaceOrder>,
) -> Result<Response, Problem> {
    let (cause, key) = (caller.cause.clone(), caller.idempotency_key.clone());
    let order = app.place(body.into_placement()?, key, cause).await?;
    hal::created(&caller, &OrderResource::from(&order))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<ChangeOrder>,
) -> Result<Response, Problem> {
    let order = app.find(parse_id(&id)?).await?;
    body.check(&order)?;
    let order = app.cancel(order, caller.cause.clone()).await?;
    hal::item(&caller, &OrderResource::from(&order))
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::NoProductName | Rejection::QtyTooSmall) => {
                Self::malformed(message)
            }
            Refusal::Rejected(Rejection::NoSuchOrder) => Self::not_found(message),
            Refusal::Rejected(Rejection::TooLate(_)) => Self::conflict(message),
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let order = fields(&[
        ("id", whole(1)),
        ("productId", maybe(whole(i64::MIN))),
        ("productName", word()),
        ("qty", whole(1)),
        ("status", text()),
    ]);
    let placement = body(&[
        ("productName*", word()),
        ("qty*", whole(1)),
        ("productId", maybe(whole(i64::MIN))),
    ]);
    let change = body(&[("status*", one_of(&["Canceled"]))]);
    let cancel = |operation: Operation| {
        let operation = operation.takes(&change).gives(&order);
        operation.refuses(409, "Too late").refuses(503, "Product is down")
    };
    document(
        "order",
        &[
            openapi::get("/orders", "A page of orders").pages(&order),
            openapi::post("/orders", "Order something").takes(&placement).keyed().creates(&order),
            openapi::get("/orders/{id}", "One order").gives(&order),
            cancel(openapi::patch("/orders/{id}", "Cancel an order")),
            cancel(openapi::put("/orders/{id}", "Cancel an order")),
        ],
    )
}

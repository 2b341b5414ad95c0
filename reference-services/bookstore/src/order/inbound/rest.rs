//! `/orders`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal;
use brunt_kit::openapi::{self, body, document, fields, maybe, text, whole, whole_to, word};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::order::commands::App;
use crate::order::domain::{MAX_QUANTITY, Rejection};
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
    let order = app.place(body.into_placement()?, key, cause).await?;
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

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::Quantity | Rejection::NoAddress) => {
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
    let number = || whole(i64::MIN);
    let order = fields(&[
        ("orderId", whole(1)),
        ("bookId", number()),
        ("customerId", number()),
        ("quantity", whole_to(1, MAX_QUANTITY)),
        ("deliveryAddress", word()),
        ("couponId", maybe(number())),
        ("orderStatus", text()),
    ]);
    let placement = body(&[
        ("bookId*", number()),
        ("customerId*", number()),
        ("quantity*", whole_to(1, MAX_QUANTITY)),
        ("deliveryAddress*", word()),
        ("couponId", maybe(number())),
    ]);
    let place = openapi::post("/orders", "Order a book").takes(&placement).keyed().creates(&order);
    let cancel = openapi::delete("/orders/{id}", "Cancel an order").ends(204, "It is canceled");
    document(
        "order",
        &[
            openapi::get("/orders", "A page of orders").pages(&order),
            place
                .refuses(404, "No such book or coupon")
                .refuses(409, "The coupon is another customer's")
                .refuses(503, "bookInventory or coupon is down"),
            openapi::get("/orders/{id}", "One order").gives(&order),
            cancel.refuses(409, "Too late"),
        ],
    )
}

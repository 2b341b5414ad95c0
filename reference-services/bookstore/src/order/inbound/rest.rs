//! `/orders`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::calls::CallError;
use brunt_kit::config::Guard;
use brunt_kit::hal;
use brunt_kit::openapi::{Operation, document, object};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::View;
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::order::domain::{Command, Order, Placement, Rejection, decide};
use crate::order::outbound::store::{self, Refusal};
use crate::order::{App, Ownership};

pub use payload::OrderResource;
use payload::PlaceOrder;

pub fn routes(app: App) -> Router {
    Router::new()
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(one).delete(cancel))
        .with_state(app)
}

async fn list(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let asked = request.clone();
    let page = app.store.read(move |view: &View<'_>| view.page::<Order>(&asked)).await?;
    let items = page.items.iter().map(OrderResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let order = app.store.read(move |view: &View<'_>| view.get::<Order>(id)).await?;
    hal::item(&caller, &OrderResource::from(&order.ok_or(Refusal::Rejected(Rejection::NoSuchOrder))?))
}

/// The others are asked outside of any transaction; a key that was used before asks nobody again.
async fn place(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<PlaceOrder>,
) -> Result<Response, Problem> {
    let placement = body.into_placement()?;
    decide(None, Command::Place(placement.clone())).map_err(Refusal::from)?;
    let key = caller.idempotency_key.clone();
    if let Some(key) = key.clone() {
        let again = placement.clone();
        if let Some(order) = app.store.write(move |tx| store::known(tx, &again, &key)).await? {
            return hal::created(&caller, &OrderResource::from(&order));
        }
    }
    check_book(&app, &placement, &caller.cause.traceparent).await?;
    check_coupon(&app, &placement, &caller.cause.traceparent).await?;
    let cause = caller.cause.clone();
    let order = app.store.write(move |tx| store::place(tx, placement, key.as_deref(), &cause)).await?;
    hal::created(&caller, &OrderResource::from(&order))
}

async fn check_book(app: &App, placement: &Placement, traceparent: &str) -> Result<(), Problem> {
    match app.books.exists(placement.book_id, traceparent).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Problem::not_found(format!("there is no book {}", placement.book_id))),
        Err(error) => unanswered(app, error, "bookInventory"),
    }
}

async fn check_coupon(app: &App, placement: &Placement, traceparent: &str) -> Result<(), Problem> {
    let Some(id) = placement.coupon_id else {
        return Ok(());
    };
    match app.coupons.find(id, traceparent).await {
        Ok(Some(coupon))
            if app.ownership == Ownership::Strict && coupon.customer_id != placement.customer_id =>
        {
            Err(Problem::conflict(format!("coupon {id} is another customer's")))
        }
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(Problem::not_found(format!("there is no coupon {id}"))),
        Err(error) => unanswered(app, error, "coupon"),
    }
}

fn unanswered(app: &App, error: CallError, callee: &str) -> Result<(), Problem> {
    if app.fail_closed == Guard::On {
        return Err(error.problem("nothing was ordered", callee));
    }
    tracing::warn!(%error, callee, "ordered although it was asked in vain");
    Ok(())
}

async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = parse_id(&id)?;
    app.store.write(move |tx| store::change(tx, id, Command::Cancel, &caller.cause)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::Quantity | Rejection::NoAddress) => Self::malformed(message),
            Refusal::Rejected(Rejection::NoSuchOrder) => Self::not_found(message),
            Refusal::Rejected(Rejection::TooLate(_)) => Self::conflict(message),
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The service's OpenAPI document.
pub fn api() -> Value {
    let placement = object(&[
        ("bookId*", "integer"),
        ("customerId*", "integer"),
        ("quantity*", "integer"),
        ("deliveryAddress*", "string"),
        ("couponId", "integer"),
    ]);
    let placed: &'static [_] = &[
        (201, "The order"),
        (400, "Malformed"),
        (404, "No such book or coupon"),
        (409, "The coupon is another customer's"),
        (422, "The Idempotency-Key is another order's"),
        (503, "bookInventory or coupon is down"),
    ];
    let canceled: &'static [_] = &[(204, "It is canceled"), (404, "No such order"), (409, "Too late")];
    let found: &'static [_] = &[(200, "The order"), (404, "No such order")];
    let operation =
        |method, path, summary, body, responses| Operation { method, path, summary, body, responses };
    document(
        "order",
        &[
            operation("get", "/orders", "A page of orders", None, &[(200, "The page")]),
            operation("post", "/orders", "Order a book", Some(placement), placed),
            operation("get", "/orders/{id}", "One order", None, found),
            operation("delete", "/orders/{id}", "Cancel an order", None, canceled),
        ],
    )
}

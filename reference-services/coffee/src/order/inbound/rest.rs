//! `/orders`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::config::Guard;
use brunt_kit::hal;
use brunt_kit::openapi::{Operation, document, object};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::View;
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::order::App;
use crate::order::domain::{Command, Order, Rejection, decide};
use crate::order::outbound::calls::Cancellation;
use crate::order::outbound::store::{self, Refusal};

pub use payload::OrderResource;
use payload::{ChangeOrder, PlaceOrder, Wanted};

pub fn routes(app: App) -> Router {
    Router::new()
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(one).patch(change).put(change))
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
    let order = find(&app, parse_id(&id)?).await?;
    hal::item(&caller, &OrderResource::from(&order))
}

async fn place(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<PlaceOrder>,
) -> Result<Response, Problem> {
    let placement = body.into_placement()?;
    let (cause, key) = (caller.cause.clone(), caller.idempotency_key.clone());
    let order = app.store.write(move |tx| store::place(tx, placement, key.as_deref(), &cause)).await?;
    hal::created(&caller, &OrderResource::from(&order))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<ChangeOrder>,
) -> Result<Response, Problem> {
    let order = find(&app, parse_id(&id)?).await?;
    let order = match body.wanted(&order)? {
        Wanted::Nothing => order,
        Wanted::Cancel => cancel(&app, &caller, order).await?,
    };
    hal::item(&caller, &OrderResource::from(&order))
}

/// Product is asked first, outside of any transaction: only it knows whether making has begun. Without its answer the
/// order stays as it is; should it have called off making all the same, its event will cancel the order.
async fn cancel(app: &App, caller: &Caller, order: Order) -> Result<Order, Problem> {
    let nothing_to_do = decide(Some(&order), Command::Cancel).map_err(Refusal::from)?.is_none();
    if nothing_to_do {
        return Ok(order);
    }
    match app.product.cancel(&order, &caller.cause.traceparent).await {
        Ok(Cancellation::Granted) => {}
        Ok(Cancellation::Refused) => {
            return Err(Problem::conflict(
                "the order cannot be canceled any more: it is being made, or is made",
            ));
        }
        Err(error) if app.fail_closed == Guard::Off => {
            tracing::warn!(order = order.id, %error, "canceled although product was asked in vain");
        }
        Err(error) => return Err(error.problem("the order is unchanged", "product")),
    }
    let cause = caller.cause.clone();
    Ok(app.store.write(move |tx| store::change(tx, order.id, Command::Cancel, &cause)).await?)
}

async fn find(app: &App, id: i64) -> Result<Order, Problem> {
    let order = app.store.read(move |view: &View<'_>| view.get::<Order>(id)).await?;
    Ok(order.ok_or(Refusal::Rejected(Rejection::NoSuchOrder))?)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::NoProductName | Rejection::QtyTooSmall) => Self::malformed(message),
            Refusal::Rejected(Rejection::NoSuchOrder) => Self::not_found(message),
            Refusal::Rejected(Rejection::TooLate(_)) => Self::conflict(message),
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The service's OpenAPI document.
pub fn api() -> Value {
    let placement = object(&[("productName*", "string"), ("qty*", "integer"), ("productId", "integer")]);
    let change = object(&[("status*", "string")]);
    let operation =
        |method, path, summary, body, responses| Operation { method, path, summary, body, responses };
    let changed: &'static [_] = &[
        (200, "The order after it"),
        (400, "Nothing else can be changed"),
        (404, "No such order"),
        (409, "Too late"),
        (503, "Product is down"),
    ];
    document(
        "order",
        &[
            operation("get", "/orders", "A page of orders", None, &[(200, "The page")]),
            operation(
                "post",
                "/orders",
                "Order something",
                Some(placement),
                &[(201, "The order"), (400, "Malformed"), (422, "The Idempotency-Key is another order's")],
            ),
            operation(
                "get",
                "/orders/{id}",
                "One order",
                None,
                &[(200, "The order"), (404, "No such order")],
            ),
            operation("patch", "/orders/{id}", "Cancel an order", Some(change.clone()), changed),
            operation("put", "/orders/{id}", "Cancel an order", Some(change), changed),
        ],
    )
}

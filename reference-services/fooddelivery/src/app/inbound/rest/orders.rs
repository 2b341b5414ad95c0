//! `/orders`.

use axum::extract::{Path, State};
use axum::response::Response;
use brunt_kit::hal;
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::View;
use http::{StatusCode, Uri};

use super::payload::{ChangeOrder, OrderResource, PlaceOrder, Wanted};
use crate::app::domain::{Command, Order, Rejection};
use crate::app::outbound::store::{self, Refusal};
use crate::app::{App, payment};

pub async fn list(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let asked = request.clone();
    let page = app.store.read(move |view: &View<'_>| view.page::<Order>(&asked)).await?;
    let items = page.items.iter().map(OrderResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

pub async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    hal::item(&caller, &OrderResource::from(&find(&app, &id).await?))
}

pub async fn place(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<PlaceOrder>,
) -> Result<Response, Problem> {
    let placement = body.into_placement()?;
    let (key, cause) = (caller.idempotency_key.clone(), caller.cause.clone());
    let order = payment::place(app, placement, key, cause).await?;
    hal::created(&caller, &OrderResource::from(&order))
}

pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<ChangeOrder>,
) -> Result<Response, Problem> {
    let order = find(&app, &id).await?;
    let order = match body.wanted(&order)? {
        Wanted::Nothing => order,
        Wanted::Cancel => call_off(&app, &caller, order.id).await?,
    };
    hal::item(&caller, &OrderResource::from(&order))
}

pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let order = call_off(&app, &caller, parse_id(&id)?).await?;
    hal::item(&caller, &OrderResource::from(&order))
}

/// The order is called off, and stays to be seen as such.
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    call_off(&app, &caller, parse_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks nobody: payment, store and delivery are told by the event, and each undoes its own part.
async fn call_off(app: &App, caller: &Caller, id: i64) -> Result<Order, Problem> {
    let cause = caller.cause.clone();
    Ok(app.store.write(move |tx| store::change(tx, id, Command::Cancel, &cause)).await?)
}

async fn find(app: &App, id: &str) -> Result<Order, Problem> {
    let id = parse_id(id)?;
    let order = app.store.read(move |view: &View<'_>| view.get::<Order>(id)).await?;
    Ok(order.ok_or(Refusal::Rejected(Rejection::NoSuchOrder))?)
}

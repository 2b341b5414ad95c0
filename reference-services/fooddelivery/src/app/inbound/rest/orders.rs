//! `/orders`.

use axum::extract::{Path, State};
use axum::response::Response;
use brunt_kit::hal;
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use http::Uri;

use super::payload::{ChangeOrder, OrderResource, PlaceOrder};
use crate::app::commands::App;

pub async fn list(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = app.page(request.clone()).await?;
    let items = page.items.iter().map(OrderResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

pub async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    hal::item(&caller, &OrderResource::from(&app.find(parse_id(&id)?).await?))
}

pub async fn place(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<PlaceOrder>,
) -> Result<Response, Problem> {
    let (key, cause) = (caller.idempotency_key.clone(), caller.cause.clone());
    let order = app.place(body.into_placement()?, key, cause).await?;
    hal::created(&caller, &OrderResource::from(&order))
}

pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<ChangeOrder>,
) -> Result<Response, Problem> {
    let order = app.find(parse_id(&id)?).await?;
    body.check(&order)?;
    let order = app.cancel(order.id, caller.cause.clone()).await?;
    hal::item(&caller, &OrderResource::from(&order))
}

pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let order = app.cancel(parse_id(&id)?, caller.cause.clone()).await?;
    hal::item(&caller, &OrderResource::from(&order))
}

//! `/reviews`.

use axum::extract::{Path, State};
use axum::response::Response;
use brunt_kit::hal;
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::View;
use http::Uri;

use super::payload::{ReviewResource, WriteReview};
use crate::app::commands::App;
use crate::app::domain::Review;
use crate::app::outbound::store;

pub async fn list(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = app.store.page::<Review>(request.clone()).await?;
    let items = page.items.iter().map(ReviewResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

pub async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let review = app.store.read(move |view: &View<'_>| view.get::<Review>(id)).await?;
    let review = review.ok_or_else(|| Problem::not_found("there is no such review"))?;
    hal::item(&caller, &ReviewResource::from(&review))
}

pub async fn write(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<WriteReview>,
) -> Result<Response, Problem> {
    let opinion = body.into_opinion()?;
    let cause = caller.cause.clone();
    let review = app.store.write(move |tx| store::review(tx, opinion, &cause)).await?;
    hal::created(&caller, &ReviewResource::from(&review))
}

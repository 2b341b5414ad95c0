//! `/dashBoardViews`, read only: served whichever other service is down.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal::{self, Resource};
use brunt_kit::openapi::{self, document, fields, maybe, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde::Serialize;
use serde_json::Value;

use crate::mypage::projection::DashBoardView;

/// A view as REST shows it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct DashBoardViewResource(DashBoardView);

impl Resource for DashBoardViewResource {
    const COLLECTION: &'static str = "dashBoardViews";
    const ITEM: &'static str = "dashBoardView";

    fn id(&self) -> i64 {
        self.0.id
    }
}

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/dashBoardViews", get(list))
        .route("/dashBoardViews/{id}", get(one))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<DashBoardView>(request.clone()).await?;
    let items = page.items.into_iter().map(DashBoardViewResource).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let view = store.read(move |view: &View<'_>| view.get::<DashBoardView>(id)).await?;
    let view = view.ok_or_else(|| Problem::not_found("there is no such view"))?;
    hal::item(&caller, &DashBoardViewResource(view))
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let view = fields(&[
        ("id", whole(1)),
        ("requestId", whole(i64::MIN)),
        ("price", maybe(whole(0))),
        ("customerName", maybe(text())),
        ("status", maybe(text())),
    ]);
    document(
        "mypage",
        &[
            openapi::get("/dashBoardViews", "A page of what has become of reservations")
                .pages(&view),
            openapi::get("/dashBoardViews/{id}", "What has become of one reservation").gives(&view),
        ],
    )
}

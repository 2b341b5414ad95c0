//! `/orderDetails`, read only: served whichever other service is down.

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

use crate::orderdetail::projection::OrderDetail;

/// A detail view as REST shows it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct OrderDetailResource(OrderDetail);

impl Resource for OrderDetailResource {
    const COLLECTION: &'static str = "orderDetails";
    const ITEM: &'static str = "orderDetail";

    fn id(&self) -> i64 {
        self.0.id
    }
}

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/orderDetails", get(list))
        .route("/orderDetails/{id}", get(one))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<OrderDetail>(request.clone()).await?;
    let items = page.items.into_iter().map(OrderDetailResource).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let detail = store.read(move |view: &View<'_>| view.get::<OrderDetail>(id)).await?;
    let detail = detail.ok_or_else(|| Problem::not_found("there is no such order detail"))?;
    hal::item(&caller, &OrderDetailResource(detail))
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let detail = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("orderStatus", maybe(text())),
        ("payStatus", maybe(text())),
        ("payAmount", maybe(whole(0))),
        ("productName", maybe(text())),
        ("totalPrice", maybe(whole(0))),
    ]);
    document(
        "orderDetail",
        &[
            openapi::get("/orderDetails", "A page of what has become of orders").pages(&detail),
            openapi::get("/orderDetails/{id}", "What has become of one order").gives(&detail),
        ],
    )
}

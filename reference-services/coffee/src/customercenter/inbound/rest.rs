//! `/mypages`, read only.

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

use crate::customercenter::projection::MyPage;

/// A page as REST shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MyPageResource {
    id: i64,
    order_id: i64,
    order_status: Option<String>,
    product_id: Option<i64>,
    product_status: Option<String>,
    product_name: Option<String>,
    qty: Option<i64>,
}

impl From<MyPage> for MyPageResource {
    fn from(page: MyPage) -> Self {
        let MyPage {
            id,
            order_id,
            order_status,
            product_id,
            product_status,
            product_name,
            qty,
            ..
        } = page;
        Self { id, order_id, order_status, product_id, product_status, product_name, qty }
    }
}

impl Resource for MyPageResource {
    const COLLECTION: &'static str = "mypages";
    const ITEM: &'static str = "mypage";

    fn id(&self) -> i64 {
        self.id
    }
}

pub fn routes(store: Store) -> Router {
    Router::new().route("/mypages", get(list)).route("/mypages/{id}", get(one)).with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<MyPage>(request.clone()).await?;
    let items = page.items.into_iter().map(MyPageResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let page = store.read(move |view: &View<'_>| view.get::<MyPage>(id)).await?;
    let page = page.ok_or_else(|| Problem::not_found("there is no such page"))?;
    hal::item(&caller, &MyPageResource::from(page))
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let number = || maybe(whole(i64::MIN));
    let page = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("orderStatus", maybe(text())),
        ("productId", number()),
        ("productStatus", maybe(text())),
        ("productName", maybe(text())),
        ("qty", number()),
    ]);
    document(
        "customercenter",
        &[
            openapi::get("/mypages", "A page of what has become of orders").pages(&page),
            openapi::get("/mypages/{id}", "What has become of one order").gives(&page),
        ],
    )
}

//! `/myPages`, read only.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal::{self, Resource};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde::Serialize;

use crate::customer::projection::MyPage;

/// A page as REST shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MyPageResource {
    id: i64,
    order_id: i64,
    customer_id: Option<i64>,
    book_id: Option<i64>,
    quantity: Option<i64>,
    delivery_address: Option<String>,
    coupon_id: Option<i64>,
    order_status: Option<String>,
    delivery_id: Option<i64>,
    delivery_status: Option<String>,
}

impl From<MyPage> for MyPageResource {
    fn from(page: MyPage) -> Self {
        let MyPage { id, order_id, placement, order_status, delivery_id, delivery_status, .. } =
            page;
        let placement = placement.as_ref();
        Self {
            id,
            order_id,
            customer_id: placement.map(|placement| placement.customer_id),
            book_id: placement.map(|placement| placement.book_id),
            quantity: placement.map(|placement| placement.quantity),
            delivery_address: placement.map(|placement| placement.delivery_address.clone()),
            coupon_id: placement.and_then(|placement| placement.coupon_id),
            order_status,
            delivery_id,
            delivery_status,
        }
    }
}

impl Resource for MyPageResource {
    const COLLECTION: &'static str = "myPages";
    const ITEM: &'static str = "myPage";

    fn id(&self) -> i64 {
        self.id
    }
}

pub fn routes(store: Store) -> Router {
    Router::new().route("/myPages", get(list)).route("/myPages/{id}", get(one)).with_state(store)
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

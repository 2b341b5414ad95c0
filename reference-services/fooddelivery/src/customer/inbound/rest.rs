//! `/notifications` and `/myPages`, read only.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal;
use brunt_kit::openapi::{self, document, fields, maybe, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde_json::Value;

use crate::customer::notification::Notification;
use crate::customer::projection::MyPage;

use payload::{MyPageResource, NotificationResource};

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/notifications", get(notifications))
        .route("/notifications/{id}", get(notification))
        .route("/myPages", get(pages))
        .route("/myPages/{id}", get(page))
        .with_state(store)
}

type Answer = Result<Response, Problem>;

async fn notifications(State(store): State<Store>, caller: Caller, uri: Uri) -> Answer {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<Notification>(request.clone()).await?;
    let items = page.items.into_iter().map(NotificationResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn notification(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    let id = parse_id(&id)?;
    let notification = store.read(move |view: &View<'_>| view.get::<Notification>(id)).await?;
    let notification =
        notification.ok_or_else(|| Problem::not_found("there is no such notification"))?;
    hal::item(&caller, &NotificationResource::from(notification))
}

async fn pages(State(store): State<Store>, caller: Caller, uri: Uri) -> Answer {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<MyPage>(request.clone()).await?;
    let items = page.items.into_iter().map(MyPageResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn page(State(store): State<Store>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = parse_id(&id)?;
    let page = store.read(move |view: &View<'_>| view.get::<MyPage>(id)).await?;
    let page = page.ok_or_else(|| Problem::not_found("there is no such page"))?;
    hal::item(&caller, &MyPageResource::from(page))
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let notification = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("customer", maybe(text())),
        ("text", text()),
    ]);
    let number = || maybe(whole(i64::MIN));
    let page = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("menu", maybe(text())),
        ("qty", number()),
        ("price", number()),
        ("deliveryType", maybe(text())),
        ("address", maybe(text())),
        ("orderStatus", maybe(text())),
        ("payStatus", maybe(text())),
    ]);
    document(
        "customer",
        &[
            openapi::get("/notifications", "A page of notifications").pages(&notification),
            openapi::get("/notifications/{id}", "One notification").gives(&notification),
            openapi::get("/myPages", "A page of how far orders are").pages(&page),
            openapi::get("/myPages/{id}", "How far one order is").gives(&page),
        ],
    )
}

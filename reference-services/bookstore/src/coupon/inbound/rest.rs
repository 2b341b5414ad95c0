//! `/coupons`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal;
use brunt_kit::openapi::{Operation, document, object};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde_json::Value;

use crate::coupon::domain::Coupon;
use crate::coupon::outbound::store;

pub use payload::CouponResource;
use payload::IssueCoupon;

/// A slash at the end is no other path: the README's siege puts one there.
pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/coupons", get(list).post(issue))
        .route("/coupons/", get(list).post(issue))
        .route("/coupons/{id}", get(one))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let asked = request.clone();
    let page = store.read(move |view: &View<'_>| view.page::<Coupon>(&asked)).await?;
    let items = page.items.iter().map(CouponResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let coupon = store.read(move |view: &View<'_>| view.get::<Coupon>(id)).await?;
    let coupon = coupon.ok_or_else(|| Problem::not_found("there is no such coupon"))?;
    hal::item(&caller, &CouponResource::from(&coupon))
}

async fn issue(
    State(store): State<Store>,
    caller: Caller,
    JsonBody(body): JsonBody<IssueCoupon>,
) -> Result<Response, Problem> {
    let customer_id = body.into_customer_id()?;
    let cause = caller.cause.clone();
    let coupon = store.write(move |tx| store::issue(tx, customer_id, &cause)).await?;
    hal::created(&caller, &CouponResource::from(&coupon))
}

/// The service's OpenAPI document.
pub fn api() -> Value {
    let operation =
        |method, path, summary, body, responses| Operation { method, path, summary, body, responses };
    let issue = object(&[("customerId*", "integer"), ("couponStatus", "string")]);
    let issued: &'static [_] = &[(201, "The coupon"), (400, "Malformed")];
    let found: &'static [_] = &[(200, "The coupon"), (404, "No such coupon")];
    document(
        "coupon",
        &[
            operation("get", "/coupons", "A page of coupons", None, &[(200, "The page")]),
            operation("post", "/coupons", "Issue a coupon", Some(issue), issued),
            operation("get", "/coupons/{id}", "One coupon", None, found),
        ],
    )
}

//! `/coupons`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal;
use brunt_kit::openapi::{self, body, document, fields, maybe, one_of, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde_json::Value;

use crate::coupon::domain::Coupon;
use crate::coupon::outbound::store;

use payload::{CouponResource, IssueCoupon};

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
    let page = store.page::<Coupon>(request.clone()).await?;
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

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let number = || whole(i64::MIN);
    let issue =
        body(&[("customerId*", number()), ("couponStatus", maybe(one_of(&["Registered"])))]);
    let coupon = fields(&[
        ("couponId", whole(1)),
        ("customerId", number()),
        ("couponStatus", text()),
        ("orderId", maybe(number())),
    ]);
    document(
        "coupon",
        &[
            openapi::get("/coupons", "A page of coupons").pages(&coupon),
            openapi::post("/coupons", "Issue a coupon").takes(&issue).creates(&coupon),
            openapi::get("/coupons/{id}", "One coupon").gives(&coupon),
        ],
    )
}

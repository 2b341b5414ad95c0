//! `/mycoupons`, also served as `/myCoupons`; read only.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal::{self, Resource};
use brunt_kit::openapi::{self, anything, document, fields, maybe, text, whole};
use brunt_kit::page::PageRequest;
use brunt_kit::rest::{Caller, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde_json::Value;

use crate::my_coupon::projection::MyCoupon;

impl Resource for MyCoupon {
    const COLLECTION: &'static str = "mycoupons";
    const ITEM: &'static str = "mycoupon";

    fn id(&self) -> i64 {
        self.coupon_id
    }
}

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/mycoupons", get(list))
        .route("/mycoupons/{id}", get(one))
        .route("/myCoupons", get(list))
        .route("/myCoupons/{id}", get(one))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<MyCoupon>(request.clone()).await?;
    hal::collection(&caller, &request, &page)
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let coupon = store.read(move |view: &View<'_>| view.get::<MyCoupon>(id)).await?;
    hal::item(&caller, &coupon.ok_or_else(|| Problem::not_found("there is no such coupon"))?)
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let coupon = fields(&[
        ("couponId", whole(1)),
        ("customerId", whole(i64::MIN)),
        ("couponStatus", text()),
        ("orderId", maybe(whole(i64::MIN))),
        ("history", anything()),
    ]);
    document(
        "myCoupon",
        &[
            openapi::get("/mycoupons", "A page of what has become of coupons").pages(&coupon),
            openapi::get("/mycoupons/{id}", "What has become of one coupon").gives(&coupon),
        ],
    )
}

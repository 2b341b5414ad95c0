//! `/products`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use brunt_kit::hal;
use brunt_kit::openapi::{self, body, document, fields, maybe, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde_json::Value;

use crate::product::domain::Product;
use crate::product::outbound::store::{self, Refusal};

use payload::{CancelProduct, ProductResource};

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/products", get(list))
        .route("/products/{id}", get(one))
        .route("/products/cancel", post(cancel))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<Product>(request.clone()).await?;
    let items = page.items.iter().map(ProductResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let product = store.read(move |view: &View<'_>| view.get::<Product>(id)).await?;
    hal::item(&caller, &ProductResource::from(&product.ok_or(Refusal::NoSuchProduct)?))
}

async fn cancel(
    State(store): State<Store>,
    caller: Caller,
    JsonBody(body): JsonBody<CancelProduct>,
) -> Result<Response, Problem> {
    let order = body.into_cancellation()?;
    let cause = caller.cause.clone();
    let product = store.write(move |tx| store::cancel(tx, &order, &cause)).await?;
    hal::item(&caller, &ProductResource::from(&product))
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => Self::conflict(rejection.to_string()),
            Refusal::NoSuchProduct => Self::not_found(refusal.to_string()),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let product = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("productName", text()),
        ("qty", whole(i64::MIN)),
        ("status", text()),
    ]);
    let order = body(&[
        ("orderId*", whole(i64::MIN)),
        ("productName", text()),
        ("qty", maybe(whole(i64::MIN))),
    ]);
    let canceled = openapi::post("/products/cancel", "Call off what is made for an order");
    document(
        "product",
        &[
            openapi::get("/products", "A page of products").pages(&product),
            openapi::get("/products/{id}", "One product").gives(&product),
            canceled.takes(&order).gives(&product).refuses(409, "It is being made, or is made"),
        ],
    )
}

//! `/stocks`.

mod payload;

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use brunt_kit::hal;
use brunt_kit::openapi::{self, body, document, fields, maybe, text, truth, whole, word};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::stock::domain::{Rejection, Stock};
use crate::stock::outbound::store::{self, Refusal};

use payload::{StockBody, StockResource};

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/stocks", get(list).post(create))
        .route("/stocks/{id}", get(one).patch(set_qty).put(set_qty))
        .route("/stocks/reduce", post(reduce))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<Stock>(request.clone()).await?;
    let items = page.items.iter().map(StockResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let stock = find(&store, &id).await?;
    hal::item(&caller, &StockResource::from(&stock))
}

async fn create(
    State(store): State<Store>,
    caller: Caller,
    JsonBody(body): JsonBody<StockBody>,
) -> Result<Response, Problem> {
    let supply = body.into_supply()?;
    let stock = store.write(move |tx| store::create(tx, supply)).await?;
    hal::created(&caller, &StockResource::from(&stock))
}

async fn set_qty(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<StockBody>,
) -> Result<Response, Problem> {
    let stock = find(&store, &id).await?;
    let stock = match body.new_qty(&stock)? {
        Some(qty) => store.write(move |tx| store::set_qty(tx, stock.id, qty)).await?,
        None => stock,
    };
    hal::item(&caller, &StockResource::from(&stock))
}

async fn reduce(
    State(store): State<Store>,
    caller: Caller,
    JsonBody(body): JsonBody<StockBody>,
) -> Result<Json<bool>, Problem> {
    let wanted = body.into_supply()?;
    let Caller { cause, idempotency_key: key, .. } = caller;
    Ok(Json(store.write(move |tx| store::reduce(tx, &wanted, key.as_deref(), &cause)).await?))
}

async fn find(store: &Store, id: &str) -> Result<Stock, Problem> {
    let id = parse_id(id)?;
    let stock = store.read(move |view: &View<'_>| view.get::<Stock>(id)).await?;
    Ok(stock.ok_or(Refusal::Rejected(Rejection::Unknown))?)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::Unknown) => Self::not_found(message),
            Refusal::Rejected(Rejection::Known | Rejection::Lacking) => Self::conflict(message),
            Refusal::Rejected(_) => Self::malformed(message),
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let stock = fields(&[("id", whole(1)), ("productName", word()), ("qty", whole(0))]);
    let supply = body(&[("productName*", word()), ("qty*", whole(0))]);
    let wanted = body(&[("productName*", text()), ("qty*", whole(1))]);
    let count = body(&[("qty", maybe(whole(0)))]);
    let reduced = openapi::post("/stocks/reduce", "Take some");
    let create = openapi::post("/stocks", "Keep a product").takes(&supply).creates(&stock);
    document(
        "stock",
        &[
            openapi::get("/stocks", "A page of stocks").pages(&stock),
            create.refuses(409, "There is a stock of it"),
            openapi::get("/stocks/{id}", "One stock").gives(&stock),
            openapi::patch("/stocks/{id}", "Set a quantity").takes(&count).gives(&stock),
            openapi::put("/stocks/{id}", "Set a quantity").takes(&count).gives(&stock),
            reduced.takes(&wanted).keyed().answers("false if there is not enough", truth()),
        ],
    )
}

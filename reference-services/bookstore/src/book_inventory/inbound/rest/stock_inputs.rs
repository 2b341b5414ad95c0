//! `/stockInputs`.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal::{self, Resource};
use brunt_kit::page::PageRequest;
use brunt_kit::rest::{Caller, JsonBody, Problem, integer, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde::Deserialize;

use crate::book_inventory::domain::book::StockInput;
use crate::book_inventory::outbound::store::{self, Arrival};

impl Resource for StockInput {
    const COLLECTION: &'static str = "stockInputs";
    const ITEM: &'static str = "stockInput";

    fn id(&self) -> i64 {
        self.id
    }
}

/// Books that arrive, as clients send them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ArrivalBody {
    #[serde(default, deserialize_with = "integer")]
    book_id: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    quantity: Option<i64>,
    #[serde(default)]
    in_charger: Option<String>,
}

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/stockInputs", get(list).post(take_in))
        .route("/stockInputs/{id}", get(one))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<StockInput>(request.clone()).await?;
    hal::collection(&caller, &request, &page)
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let input = store.read(move |view: &View<'_>| view.get::<StockInput>(id)).await?;
    hal::item(&caller, &input.ok_or_else(|| Problem::not_found("there is no such stock input"))?)
}

async fn take_in(
    State(store): State<Store>,
    caller: Caller,
    JsonBody(body): JsonBody<ArrivalBody>,
) -> Result<Response, Problem> {
    let arrival = body.into_arrival()?;
    let (cause, key) = (caller.cause.clone(), caller.idempotency_key.clone());
    let input = store.write(move |tx| store::take_in(tx, arrival, key.as_deref(), &cause)).await?;
    hal::created(&caller, &input)
}

impl ArrivalBody {
    fn into_arrival(self) -> Result<Arrival, Problem> {
        let missing = |field: &str| Problem::malformed(format!("{field} is missing"));
        Ok(Arrival {
            book_id: self.book_id.ok_or_else(|| missing("bookId"))?,
            quantity: self.quantity.ok_or_else(|| missing("quantity"))?,
            in_charger: self.in_charger,
        })
    }
}

//! `/cleans`.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal::{self, Resource};
use brunt_kit::openapi::{self, anything, body, document, fields, maybe, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, integer, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cleaning::domain::{Clean, Rejection, Status};
use crate::cleaning::outbound::store::{self, Refusal};

/// A clean as REST shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CleanResource {
    id: i64,
    status: Status,
    request_id: i64,
    clean_date: Option<String>,
}

impl From<&Clean> for CleanResource {
    fn from(clean: &Clean) -> Self {
        let Clean { id, status, request_id, clean_date } = clean.clone();
        Self { id, status, request_id, clean_date }
    }
}

impl Resource for CleanResource {
    const COLLECTION: &'static str = "cleans";
    const ITEM: &'static str = "clean";

    fn id(&self) -> i64 {
        self.id
    }
}

/// The body of a POST. The status is accepted and ignored: a client cannot set it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CleanBody {
    #[serde(default, deserialize_with = "integer")]
    request_id: Option<i64>,
    #[serde(default)]
    clean_date: Option<String>,
    #[serde(default, rename = "status")]
    _status: Option<Value>,
}

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/cleans", get(list).post(clean))
        .route("/cleans/{id}", get(one))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<Clean>(request.clone()).await?;
    let items = page.items.iter().map(CleanResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let clean = store.read(move |view: &View<'_>| view.get::<Clean>(id)).await?;
    hal::item(
        &caller,
        &CleanResource::from(&clean.ok_or(Refusal::Rejected(Rejection::NoSuchClean))?),
    )
}

async fn clean(
    State(store): State<Store>,
    caller: Caller,
    JsonBody(body): JsonBody<CleanBody>,
) -> Result<Response, Problem> {
    let request_id = body.request_id.ok_or_else(|| Problem::malformed("requestId is missing"))?;
    let cause = caller.cause.clone();
    let clean =
        store.write(move |tx| store::clean(tx, request_id, body.clean_date, &cause)).await?;
    hal::created(&caller, &CleanResource::from(&clean))
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(Rejection::NoSuchClean) => Self::not_found(refusal.to_string()),
            Refusal::Rejected(_) => Self::conflict(refusal.to_string()),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let clean = fields(&[
        ("id", whole(1)),
        ("status", text()),
        ("requestId", whole(i64::MIN)),
        ("cleanDate", maybe(text())),
    ]);
    let request = body(&[
        ("requestId*", whole(i64::MIN)),
        ("cleanDate", maybe(text())),
        ("status", anything()),
    ]);
    let cleaned = openapi::post("/cleans", "Say that a reservation is cleaned");
    document(
        "cleaning",
        &[
            openapi::get("/cleans", "A page of cleans").pages(&clean),
            cleaned
                .takes(&request)
                .creates(&clean)
                .refuses(409, "It was cleaned before, or canceled"),
            openapi::get("/cleans/{id}", "One clean").gives(&clean),
        ],
    )
}

//! `/messages`, read only.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal::{self, Resource};
use brunt_kit::openapi::{self, document, fields, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde::Serialize;
use serde_json::Value;

use crate::message::outbound::store::Message;

/// A message as REST shows it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct MessageResource(Message);

impl Resource for MessageResource {
    const COLLECTION: &'static str = "messages";
    const ITEM: &'static str = "message";

    fn id(&self) -> i64 {
        self.0.id
    }
}

pub fn routes(store: Store) -> Router {
    Router::new().route("/messages", get(list)).route("/messages/{id}", get(one)).with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<Message>(request.clone()).await?;
    let items = page.items.into_iter().map(MessageResource).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let message = store.read(move |view: &View<'_>| view.get::<Message>(id)).await?;
    let message = message.ok_or_else(|| Problem::not_found("there is no such message"))?;
    hal::item(&caller, &MessageResource(message))
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let message = fields(&[("id", whole(1)), ("requestId", whole(i64::MIN)), ("status", text())]);
    document(
        "message",
        &[
            openapi::get("/messages", "A page of messages").pages(&message),
            openapi::get("/messages/{id}", "One message").gives(&message),
        ],
    )
}

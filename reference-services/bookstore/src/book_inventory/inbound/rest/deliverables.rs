//! `/deliverables`, read only.

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

use crate::book_inventory::domain::deliverable::{Deliverable, Demand, Status};

/// A deliverable as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliverableResource {
    deliverable_id: i64,
    #[serde(flatten)]
    demand: Demand,
    status: Status,
}

impl From<&Deliverable> for DeliverableResource {
    fn from(deliverable: &Deliverable) -> Self {
        let Deliverable { deliverable_id, demand, status, .. } = deliverable;
        Self { deliverable_id: *deliverable_id, demand: demand.clone(), status: *status }
    }
}

impl Resource for DeliverableResource {
    const COLLECTION: &'static str = "deliverables";
    const ITEM: &'static str = "deliverable";

    fn id(&self) -> i64 {
        self.deliverable_id
    }
}

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/deliverables", get(list))
        .route("/deliverables/{id}", get(one))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<Deliverable>(request.clone()).await?;
    let items = page.items.iter().map(DeliverableResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let deliverable = store.read(move |view: &View<'_>| view.get::<Deliverable>(id)).await?;
    let deliverable =
        deliverable.ok_or_else(|| Problem::not_found("there is no such deliverable"))?;
    hal::item(&caller, &DeliverableResource::from(&deliverable))
}

//! `/customers`.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal::{self, Resource};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, integer, parse_id};
use brunt_kit::store::{Store, View};
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::customer::domain::{Command, Customer, Rejection};
use crate::customer::outbound::store::{self, Refusal};

/// A customer as REST shows them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerResource {
    customer_id: i64,
    customer_name: String,
}

impl From<&Customer> for CustomerResource {
    fn from(customer: &Customer) -> Self {
        Self { customer_id: customer.customer_id, customer_name: customer.customer_name.clone() }
    }
}

impl Resource for CustomerResource {
    const COLLECTION: &'static str = "customers";
    const ITEM: &'static str = "customer";

    fn id(&self) -> i64 {
        self.customer_id
    }
}

/// A customer as clients send them. A client may send back the whole of what it was sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CustomerBody {
    #[serde(default, deserialize_with = "integer")]
    customer_id: Option<i64>,
    #[serde(default)]
    customer_name: Option<String>,
    #[serde(default, rename = "_links")]
    _links: Option<Value>,
}

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/customers", get(list).post(register))
        .route("/customers/{id}", get(one).patch(rename).put(rename).delete(delete))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<Customer>(request.clone()).await?;
    let items = page.items.iter().map(CustomerResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let customer = store.read(move |view: &View<'_>| view.get::<Customer>(id)).await?;
    let customer = customer.ok_or(Refusal::Rejected(Rejection::Unknown))?;
    hal::item(&caller, &CustomerResource::from(&customer))
}

async fn register(
    State(store): State<Store>,
    caller: Caller,
    JsonBody(body): JsonBody<CustomerBody>,
) -> Result<Response, Problem> {
    if body.customer_id.is_some() {
        return Err(Problem::malformed("customerId is given at registration"));
    }
    let (name, cause) = (body.customer_name.unwrap_or_default(), caller.cause.clone());
    let customer = store.write(move |tx| store::register(tx, name, &cause)).await?;
    hal::created(&caller, &CustomerResource::from(&customer))
}

async fn rename(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<CustomerBody>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    if body.customer_id.is_some_and(|given| given != id) {
        return Err(Problem::malformed("the customerId of a customer cannot be changed"));
    }
    let command = Command::Rename(body.customer_name.unwrap_or_default());
    let cause = caller.cause.clone();
    let customer = store.write(move |tx| store::change(tx, id, command, &cause)).await?;
    hal::item(&caller, &CustomerResource::from(&customer))
}

async fn delete(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = parse_id(&id)?;
    store.write(move |tx| store::change(tx, id, Command::Delete, &caller.cause)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::NoName) => Self::malformed(message),
            Refusal::Rejected(Rejection::Unknown) => Self::not_found(message),
            Refusal::Store(error) => error.into(),
        }
    }
}

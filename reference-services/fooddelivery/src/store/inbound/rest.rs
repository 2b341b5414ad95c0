//! `/storeOrders`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, put};
use brunt_kit::config::Guard;
use brunt_kit::hal;
use brunt_kit::openapi::{self, Operation, body, document, fields, one_of, text, truth, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde_json::{Value, json};

use crate::store::domain::{Command, StoreOrder, decide};
use crate::store::outbound::calls::{App, Standing};
use crate::store::outbound::store::{self, Refusal};

use payload::{ChangeStoreOrder, StoreOrderResource};

/// The state that the request handlers share.
#[derive(Clone)]
pub struct Counter {
    pub store: Store,
    pub app: App,
    /// Off cooks although app did not answer that the order exists.
    pub fail_closed: Guard,
}

pub fn routes(counter: Counter) -> Router {
    Router::new()
        .route("/storeOrders", get(list))
        .route("/storeOrders/{id}", get(one).patch(patch).put(patch))
        .route("/storeOrders/{id}/accept", put(accept))
        .route("/storeOrders/{id}/reject", put(reject))
        .route("/storeOrders/{id}/start", put(start))
        .route("/storeOrders/{id}/finish", put(finish))
        .with_state(counter)
}

type Answer = Result<Response, Problem>;

async fn list(State(counter): State<Counter>, caller: Caller, uri: Uri) -> Answer {
    let request = PageRequest::from_query(&uri);
    let page = counter.store.page::<StoreOrder>(request.clone()).await?;
    let items = page.items.iter().map(StoreOrderResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(State(counter): State<Counter>, caller: Caller, Path(id): Path<String>) -> Answer {
    let order = find(&counter, parse_id(&id)?).await?;
    hal::item(&caller, &StoreOrderResource::from(&order))
}

async fn patch(
    State(counter): State<Counter>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<ChangeStoreOrder>,
) -> Answer {
    let order = find(&counter, parse_id(&id)?).await?;
    change(&counter, &caller, order.id, body.wanted(&order)?).await
}

async fn accept(State(counter): State<Counter>, caller: Caller, Path(id): Path<String>) -> Answer {
    change(&counter, &caller, parse_id(&id)?, Command::Accept).await
}

async fn reject(State(counter): State<Counter>, caller: Caller, Path(id): Path<String>) -> Answer {
    change(&counter, &caller, parse_id(&id)?, Command::Reject).await
}

async fn finish(State(counter): State<Counter>, caller: Caller, Path(id): Path<String>) -> Answer {
    change(&counter, &caller, parse_id(&id)?, Command::Finish).await
}

/// App is asked first, outside of any transaction: without its answer nothing is cooked.
async fn start(State(counter): State<Counter>, caller: Caller, Path(id): Path<String>) -> Answer {
    let order = find(&counter, parse_id(&id)?).await?;
    let nothing_to_do = decide(order.status, Command::Start).map_err(Refusal::from)?.is_none();
    if nothing_to_do {
        return hal::item(&caller, &StoreOrderResource::from(&order));
    }
    match counter.app.standing(order.order_id, &caller.cause.traceparent).await {
        Ok(Standing::Stands) => {}
        Ok(Standing::Gone) => {
            return Err(Problem::conflict("nothing is cooked: the order was canceled"));
        }
        Err(error) if counter.fail_closed == Guard::Off => {
            tracing::warn!(order = order.order_id, %error, "cooking without an answer of app");
        }
        Err(error) => return Err(error.problem("nothing is cooked", "app")),
    }
    change(&counter, &caller, order.id, Command::Start).await
}

async fn change(counter: &Counter, caller: &Caller, id: i64, command: Command) -> Answer {
    let cause = caller.cause.clone();
    let order = counter.store.write(move |tx| store::change(tx, id, command, &cause)).await?;
    hal::item(caller, &StoreOrderResource::from(&order))
}

async fn find(counter: &Counter, id: i64) -> Result<StoreOrder, Problem> {
    let order = counter.store.read(move |view: &View<'_>| view.get::<StoreOrder>(id)).await?;
    Ok(order.ok_or(Refusal::NoSuchOrder)?)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => Self::conflict(rejection.to_string()),
            Refusal::NoSuchOrder => Self::not_found(refusal.to_string()),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let order = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("accept", truth()),
        ("status", text()),
    ]);
    let accept = json!({ "anyOf": [truth(), one_of(&["true", "false"])] });
    let change = body(&[("accept*", accept)]);
    let step =
        |operation: Operation| operation.gives(&order).refuses(409, "It is not the next step");
    document(
        "store",
        &[
            openapi::get("/storeOrders", "A page of orders").pages(&order),
            openapi::get("/storeOrders/{id}", "One order").gives(&order),
            step(openapi::patch("/storeOrders/{id}", "Accept or reject").takes(&change)),
            step(openapi::put("/storeOrders/{id}", "Accept or reject").takes(&change)),
            step(openapi::put("/storeOrders/{id}/accept", "Accept")),
            step(openapi::put("/storeOrders/{id}/reject", "Reject")),
            step(
                openapi::put("/storeOrders/{id}/start", "Begin to cook")
                    .refuses(503, "App is down"),
            ),
            step(openapi::put("/storeOrders/{id}/finish", "It is cooked")),
        ],
    )
}

//! `/cleaningReservations`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal;
use brunt_kit::openapi::{self, anything, body, document, fields, maybe, text, whole};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::reservation::commands::App;
use crate::reservation::domain::Rejection;
use crate::reservation::outbound::store::Refusal;

use payload::{ReservationResource, Reserve};

pub fn routes(app: App) -> Router {
    Router::new()
        .route("/cleaningReservations", get(list).post(reserve))
        .route("/cleaningReservations/{id}", get(one).delete(cancel))
        .with_state(app)
}

async fn list(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = app.page(request.clone()).await?;
    let items = page.items.iter().map(ReservationResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    hal::item(&caller, &ReservationResource::from(&app.find(parse_id(&id)?).await?))
}

async fn reserve(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<Reserve>,
) -> Result<Response, Problem> {
    let (cause, key) = (caller.cause.clone(), caller.idempotency_key.clone());
    let reservation = app.reserve(body.into_placement()?, key, cause).await?;
    hal::created(&caller, &ReservationResource::from(&reservation))
}

async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.cancel(parse_id(&id)?, caller.cause).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let message = rejection.to_string();
        match rejection {
            Rejection::NoSuchReservation => Self::not_found(message),
            Rejection::NegativePrice => Self::malformed(message),
            Rejection::Cleaned => Self::conflict(message),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => rejection.into(),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let words = || maybe(text());
    let reservation = fields(&[
        ("id", whole(1)),
        ("requestDate", words()),
        ("place", words()),
        ("status", text()),
        ("price", whole(0)),
        ("customerName", words()),
    ]);
    let request = body(&[
        ("requestDate", words()),
        ("place", words()),
        ("price*", whole(0)),
        ("customerName", words()),
        ("status", anything()),
    ]);
    let (all, single) = ("/cleaningReservations", "/cleaningReservations/{id}");
    let reserve =
        openapi::post(all, "Reserve and pay").takes(&request).keyed().creates(&reservation);
    let cancel = openapi::delete(single, "Cancel a reservation");
    document(
        "reservation",
        &[
            openapi::get(all, "A page of reservations").pages(&reservation),
            reserve
                .refuses(
                    409,
                    "Payment refuses it, or one with this Idempotency-Key is being paid for",
                )
                .refuses(404, "What was reserved with this Idempotency-Key was canceled since")
                .refuses(503, "Payment cannot be asked: nothing was reserved"),
            openapi::get(single, "One reservation").gives(&reservation),
            cancel
                .ends(204, "It is canceled, and its payment is refunded")
                .refuses(409, "It is cleaned"),
        ],
    )
}

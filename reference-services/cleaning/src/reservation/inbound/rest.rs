//! `/cleaningReservations`.

mod payload;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal;
use brunt_kit::openapi::{Operation, document, object};
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::{Caller, JsonBody, Problem, parse_id};
use brunt_kit::store::View;
use http::{StatusCode, Uri};
use serde_json::Value;

use crate::reservation::checkout::Checkout;
use crate::reservation::domain::{Rejection, Reservation};
use crate::reservation::outbound::store::{self, Refusal};

pub use payload::ReservationResource;
use payload::Reserve;

pub fn routes(checkout: Checkout) -> Router {
    Router::new()
        .route("/cleaningReservations", get(list).post(reserve))
        .route("/cleaningReservations/{id}", get(one).delete(cancel))
        .with_state(checkout)
}

async fn list(State(app): State<Checkout>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let asked = request.clone();
    let page = app.store.read(move |view: &View<'_>| view.page::<Reservation>(&asked)).await?;
    let items = page.items.iter().map(ReservationResource::from).collect();
    hal::collection(&caller, &request, &Page { items, total: page.total })
}

async fn one(
    State(app): State<Checkout>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let reservation = app.store.read(move |view: &View<'_>| view.get::<Reservation>(id)).await?;
    let reservation = reservation.ok_or(Refusal::Rejected(Rejection::NoSuchReservation))?;
    hal::item(&caller, &ReservationResource::from(&reservation))
}

async fn reserve(
    State(app): State<Checkout>,
    caller: Caller,
    JsonBody(body): JsonBody<Reserve>,
) -> Result<Response, Problem> {
    let request = body.into_request()?;
    request.check().map_err(Refusal::from)?;
    let (cause, key) = (caller.cause.clone(), caller.idempotency_key.clone());
    hal::created(&caller, &ReservationResource::from(&app.reserve(request, key, cause).await?))
}

async fn cancel(
    State(app): State<Checkout>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = parse_id(&id)?;
    app.store.write(move |tx| store::cancel(tx, id, &caller.cause)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::NoSuchReservation) => Self::not_found(message),
            Refusal::Rejected(Rejection::NegativePrice) => Self::malformed(message),
            Refusal::Rejected(Rejection::Cleaned) => Self::conflict(message),
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::InProgress => Self::conflict(message).retry_after(1),
            Refusal::TooLate => Self::unavailable(message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The service's OpenAPI document.
pub fn api() -> Value {
    let request = object(&[
        ("requestDate", "string"),
        ("place", "string"),
        ("price*", "integer"),
        ("customerName", "string"),
    ]);
    let operation =
        |method, path, summary, body, responses| Operation { method, path, summary, body, responses };
    let reserved: &'static [_] = &[
        (201, "The reservation; it is paid"),
        (400, "Malformed"),
        (409, "Payment refuses it, or a reservation with this Idempotency-Key is being paid for"),
        (422, "The Idempotency-Key is another reservation's"),
        (503, "Payment cannot be asked: nothing was reserved"),
    ];
    let known: &'static [_] = &[(200, "The reservation"), (404, "No such reservation")];
    let canceled: &'static [_] = &[
        (204, "It does not stand any more, and its payment is taken back"),
        (404, "No such reservation"),
        (409, "It is cleaned"),
    ];
    let (all, single) = ("/cleaningReservations", "/cleaningReservations/{id}");
    document(
        "reservation",
        &[
            operation("get", all, "A page of reservations", None, &[(200, "The page")]),
            operation("post", all, "Reserve and pay", Some(request), reserved),
            operation("get", single, "One reservation", None, known),
            operation("delete", single, "Cancel a reservation", None, canceled),
        ],
    )
}

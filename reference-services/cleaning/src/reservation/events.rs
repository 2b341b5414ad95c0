//! The events that reservation publishes. Their fields are a contract with the services that read
//! them, so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Placement, Reservation, Status};

/// The fields of each event about a reservation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReservationEvent {
    id: i64,
    request_date: Option<String>,
    place: Option<String>,
    status: Status,
    price: i64,
    customer_name: Option<String>,
}

impl From<&Reservation> for ReservationEvent {
    fn from(reservation: &Reservation) -> Self {
        let Reservation { id, placement, status, version: _ } = reservation.clone();
        let Placement { request_date, place, price, customer_name } = placement;
        Self { id, request_date, place, status, price, customer_name }
    }
}

/// A reservation was paid for and accepted.
pub fn cleaning_requested(
    reservation: &Reservation,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    envelope("CleaningRequested", reservation, cause)
}

/// A reservation was canceled, or an attempt to make one whose payment is in doubt.
pub fn cleaning_request_canceled(
    reservation: &Reservation,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    envelope("CleaningRequestCanceled", reservation, cause)
}

fn envelope(
    event_type: &'static str,
    reservation: &Reservation,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject =
        Subject { event_type, aggregate_id: reservation.id, version: reservation.version };
    Ok(Envelope::new(subject, cause, &ReservationEvent::from(reservation))?)
}

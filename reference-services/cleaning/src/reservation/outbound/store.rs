//! Reservations in their store, and attempts to pay for one. State and events change in one
//! transaction.

use brunt_kit::event::Cause;
use brunt_kit::reserve_confirm::Attempt;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::reservation::domain::{Command, Event, Rejection, Reservation, decide};
use crate::reservation::events;
use crate::reservation::open_reservation::OpenReservation;

impl Document for Reservation {
    const COLLECTION: &'static str = "cleaningReservations";

    fn id(&self) -> i64 {
        self.id
    }
}

/// Why a transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stores the reservation that has been paid for.
pub fn reserve(
    tx: &mut Tx<'_>,
    attempt: Attempt<OpenReservation>,
) -> Result<Reservation, StoreError> {
    let OpenReservation { placement, cleaned } = attempt.request;
    let reservation = Reservation::applied(attempt.id, placement);
    tx.publish(events::cleaning_requested(&reservation, &attempt.cause)?)?;
    let reservation = if cleaned { reservation.after(Event::Completed) } else { reservation };
    tx.put(&reservation)?;
    Ok(reservation)
}

/// Undoes a payment that may or may not have happened: the event is that of a reservation's
/// cancellation, which payment also keeps for a request that is still to come.
pub fn cancel_attempt(
    tx: &mut Tx<'_>,
    attempt: Attempt<OpenReservation>,
) -> Result<(), StoreError> {
    // There was no version 1, so that the cancellation is the first event of this reservation.
    let reservation =
        Reservation { version: 0, ..Reservation::applied(attempt.id, attempt.request.placement) };
    let canceled = reservation.after(Event::CleaningRequestCanceled);
    tx.publish(events::cleaning_request_canceled(&canceled, &attempt.cause)?)
}

/// Cancels a reservation and deletes it.
pub fn cancel(tx: &mut Tx<'_>, id: i64, cause: &Cause) -> Result<(), Refusal> {
    let reservation = tx.get::<Reservation>(id)?.ok_or(Rejection::NoSuchReservation)?;
    if let Some(event) = decide(&reservation, Command::Cancel)? {
        // Deleted rather than kept with a status: the API has no canceled reservations, GET
        // is 404 afterwards.
        tx.remove::<Reservation>(id)?;
        tx.publish(events::cleaning_request_canceled(&reservation.after(event), cause)?)?;
    }
    Ok(())
}

/// Marks a reservation, or its attempt, as cleaned. For one that was deleted it does nothing.
pub fn complete(tx: &mut Tx<'_>, id: i64) -> Result<(), Refusal> {
    if let Some(reservation) = tx.get::<Reservation>(id)? {
        if let Some(event) = decide(&reservation, Command::Complete)? {
            tx.put(&reservation.after(event))?;
        }
    } else if let Some(mut attempt) = tx.get::<Attempt<OpenReservation>>(id)? {
        // Without this note, a completion that is faster than payment's answer would be forgotten,
        // and the reservation could still be canceled.
        attempt.request.cleaned = true;
        tx.put(&attempt)?;
    }
    Ok(())
}

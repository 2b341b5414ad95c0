//! Reservations in their store, and attempts to pay for one. State and events change in one
//! transaction.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::{Document, StoreError, Tx};

use super::attempt::Attempt;
use crate::reservation::domain::{Command, Event, Rejection, Reservation, decide};
use crate::reservation::inbound::rest::ReservationResource;

impl Document for Reservation {
    const COLLECTION: &'static str = "cleaningReservations";

    fn id(&self) -> i64 {
        self.id
    }
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("this Idempotency-Key was used for another reservation")]
    KeyReused,
    #[error("the reservation with this Idempotency-Key is being paid for; try again shortly")]
    InProgress,
    #[error("nothing was reserved: the payment took too long and is called off; try again shortly")]
    TooLate,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a request has begun.
pub enum Begun {
    /// It is to be paid for.
    New(Attempt),
    /// The same was reserved before, under the same key.
    Known(Reservation),
}

/// Begins to reserve: the attempt stands from now on, the reservation does not.
pub fn begin(tx: &mut Tx<'_>, mut attempt: Attempt) -> Result<Begun, Refusal> {
    if let Some(key) = &attempt.client_key {
        if !tx.find::<Attempt>(key)?.is_empty() {
            return Err(Refusal::InProgress);
        }
        if let Some(id) = tx.answer::<i64>(&answer_key(key))? {
            let known = tx.get::<Reservation>(id)?.ok_or(Rejection::NoSuchReservation)?;
            let same = known.request == attempt.request;
            return if same { Ok(Begun::Known(known)) } else { Err(Refusal::KeyReused) };
        }
    }
    attempt.id = tx.reserve_id::<Reservation>()?;
    tx.put(&attempt)?;
    Ok(Begun::New(attempt))
}

/// It is paid: the reservation stands.
pub fn apply(tx: &mut Tx<'_>, id: i64) -> Result<Reservation, Refusal> {
    let attempt = tx.get::<Attempt>(id)?.ok_or(Refusal::TooLate)?;
    tx.remove::<Attempt>(id)?;
    if let Some(key) = &attempt.client_key {
        tx.remember(&answer_key(key), &id)?;
    }
    let reservation = Reservation::applied(id, attempt.request);
    tx.put(&reservation)?;
    publish(tx, "CleaningRequested", &reservation, &attempt.cause)?;
    Ok(reservation)
}

/// Payment has heard nothing, or has refused: nothing has happened, and the id is free again.
pub fn forget(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    if tx.get::<Attempt>(id)?.is_some() {
        tx.remove::<Attempt>(id)?;
        tx.release_id::<Reservation>(id);
    }
    Ok(())
}

/// Nobody knows whether it is paid: it does not stand, and the payment is called off, be it there
/// or still to come.
pub fn abandon(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    let Some(attempt) = tx.get::<Attempt>(id)? else {
        return Ok(());
    };
    tx.remove::<Attempt>(id)?;
    let never = Reservation { version: 0, ..Reservation::applied(id, attempt.request) };
    publish(
        tx,
        "CleaningRequestCanceled",
        &never.after(Event::CleaningRequestCanceled),
        &attempt.cause,
    )
}

/// Calls a reservation off: it does not stand any more.
pub fn cancel(tx: &mut Tx<'_>, id: i64, cause: &Cause) -> Result<(), Refusal> {
    let reservation = tx.get::<Reservation>(id)?.ok_or(Rejection::NoSuchReservation)?;
    if let Some(event) = decide(&reservation, Command::Cancel)? {
        tx.remove::<Reservation>(id)?;
        publish(tx, "CleaningRequestCanceled", &reservation.after(event), cause)?;
    }
    Ok(())
}

/// Notes that it is cleaned. What does not stand any more needs no note.
pub fn complete(tx: &mut Tx<'_>, id: i64) -> Result<(), Refusal> {
    if let Some(reservation) = tx.get::<Reservation>(id)?
        && let Some(event) = decide(&reservation, Command::Complete)?
    {
        tx.put(&reservation.after(event))?;
    }
    Ok(())
}

fn answer_key(key: &str) -> String {
    format!("cleaningReservations/{key}")
}

fn publish(
    tx: &mut Tx<'_>,
    event_type: &'static str,
    reservation: &Reservation,
    cause: &Cause,
) -> Result<(), StoreError> {
    let subject =
        Subject { event_type, aggregate_id: reservation.id, version: reservation.version };
    tx.publish(Envelope::new(subject, cause, &ReservationResource::from(reservation))?)
}

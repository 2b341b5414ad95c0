//! Cleans in their store. State and events change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::cleaning::domain::{Clean, Rejection, Reservation, Status, decide};
use crate::cleaning::events;

impl Document for Clean {
    const COLLECTION: &'static str = "cleans";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.request_id.to_string())
    }
}

/// A reservation that was canceled: it must not be cleaned.
#[derive(Serialize, Deserialize)]
struct CanceledReservation {
    request_id: i64,
}

impl Document for CanceledReservation {
    const COLLECTION: &'static str = "canceledReservations";

    fn id(&self) -> i64 {
        self.request_id
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

/// Cleans a reservation, at most once.
pub fn clean(
    tx: &mut Tx<'_>,
    request_id: i64,
    clean_date: Option<String>,
    cause: &Cause,
) -> Result<Clean, Refusal> {
    decide(request_id, known(tx, request_id)?)?;
    let clean = Clean {
        id: tx.next_id::<Clean>()?,
        status: Status::CleaningCompleted,
        request_id,
        clean_date,
    };
    tx.put(&clean)?;
    tx.publish(events::cleaning_confirmed(&clean, cause)?)?;
    Ok(clean)
}

/// Stores that a reservation must not be cleaned.
pub fn cancel(tx: &mut Tx<'_>, request_id: i64) -> Result<(), StoreError> {
    tx.put(&CanceledReservation { request_id })
}

fn known(tx: &Tx<'_>, request_id: i64) -> Result<Reservation, StoreError> {
    if tx.get::<CanceledReservation>(request_id)?.is_some() {
        return Ok(Reservation::Canceled);
    }
    let cleaned = !tx.find::<Clean>(&request_id.to_string())?.is_empty();
    Ok(if cleaned { Reservation::Cleaned } else { Reservation::Open })
}

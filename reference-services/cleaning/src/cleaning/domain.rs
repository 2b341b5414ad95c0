//! Cleans: when a reservation can be cleaned. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// A reservation that is cleaned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Clean {
    pub id: i64,
    /// Always `CleaningCompleted`: a clean is stored when it is done.
    pub status: Status,
    pub request_id: i64,
    /// When it was cleaned.
    pub clean_date: Option<String>,
}

/// The status of a clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    CleaningCompleted,
}

/// What cleaning knows of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// It can be cleaned.
    Open,
    Cleaned,
    /// The customer canceled it.
    Canceled,
}

/// Why a clean is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// It was cleaned before.
    #[error("reservation {0} is cleaned already")]
    Cleaned(i64),
    /// Its reservation was canceled.
    #[error("reservation {0} was canceled")]
    Canceled(i64),
    #[error("there is no such clean")]
    NoSuchClean,
}

/// Whether a reservation can be cleaned.
///
/// # Errors
/// When it cannot.
pub fn decide(request_id: i64, reservation: Reservation) -> Result<(), Rejection> {
    match reservation {
        Reservation::Open => Ok(()),
        Reservation::Cleaned => Err(Rejection::Cleaned(request_id)),
        Reservation::Canceled => Err(Rejection::Canceled(request_id)),
    }
}

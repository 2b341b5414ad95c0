//! What a clean is. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// A reservation that is cleaned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Clean {
    /// From 1.
    pub id: i64,
    /// Always that it is done.
    pub status: Status,
    /// The reservation.
    pub request_id: i64,
    /// When it was cleaned.
    pub clean_date: Option<String>,
}

/// How far a clean is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Done.
    CleaningCompleted,
}

/// What is known of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// Nothing that speaks against cleaning.
    Open,
    /// It is cleaned.
    Cleaned,
    /// The customer called it off.
    Canceled,
}

/// Why a clean is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Once is enough.
    #[error("reservation {0} is cleaned already")]
    Cleaned(i64),
    /// Nobody wants it any more.
    #[error("reservation {0} was canceled")]
    Canceled(i64),
    /// There is no such clean.
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

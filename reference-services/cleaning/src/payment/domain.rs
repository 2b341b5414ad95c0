//! What a payment is and what may happen to it. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// Money that was taken for a reservation, or given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// From 1.
    pub id: i64,
    /// What it is for.
    #[serde(flatten)]
    pub charge: Charge,
    /// Whether it holds.
    pub status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// What is to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// The reservation: what correlates the two.
    pub request_id: i64,
    /// In won.
    pub price: i64,
}

/// Whether a payment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It does.
    PaymentApproved,
    /// It was given back.
    PaymentCancel,
}

/// Why a payment is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Not a price.
    #[error("price must be at least 0")]
    NegativePrice,
    /// It was called off before.
    #[error("reservation {0} was canceled")]
    ReservationCanceled(i64),
    /// There is no such payment.
    #[error("there is no such payment")]
    NoSuchPayment,
}

/// Whether a request is paid. Its reservation may have been called off before the request came.
///
/// # Errors
/// When it is not.
pub fn approve(charge: &Charge, canceled: bool) -> Result<(), Rejection> {
    if charge.price < 0 {
        return Err(Rejection::NegativePrice);
    }
    if canceled { Err(Rejection::ReservationCanceled(charge.request_id)) } else { Ok(()) }
}

impl Payment {
    /// The payment that an approved request makes.
    #[must_use]
    pub fn paid(id: i64, charge: Charge) -> Self {
        Self { id, charge, status: Status::PaymentApproved, version: 1 }
    }

    /// The payment after it was given back; nothing, if it was before.
    #[must_use]
    pub fn refunded(self) -> Option<Self> {
        (self.status == Status::PaymentApproved).then(|| Self {
            status: Status::PaymentCancel,
            version: self.version + 1,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_canceled_is_not_paid_and_nothing_is_given_back_twice() {
        let charge = Charge { request_id: 7, price: 0 };
        assert_eq!(approve(&charge, false), Ok(()));
        assert_eq!(approve(&charge, true), Err(Rejection::ReservationCanceled(7)));
        assert_eq!(approve(&Charge { price: -1, ..charge }, false), Err(Rejection::NegativePrice));
        let canceled = Payment::paid(1, charge).refunded().unwrap();
        assert_eq!((canceled.status, canceled.version), (Status::PaymentCancel, 2));
        assert_eq!(canceled.refunded(), None);
    }
}

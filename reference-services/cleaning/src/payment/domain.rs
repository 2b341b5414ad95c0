//! Payments: their states and rules. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// The payment of a reservation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    pub id: i64,
    #[serde(flatten)]
    pub charge: Charge,
    /// Whether it was refunded.
    pub status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// What must be paid for a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// The reservation that is paid for.
    pub request_id: i64,
    /// The amount, in won.
    pub price: i64,
}

/// The status of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    PaymentApproved,
    PaymentCancel,
}

/// Why a payment is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("price must be at least 0")]
    NegativePrice,
    /// Its order was canceled before.
    #[error("reservation {0} was canceled")]
    ReservationCanceled(i64),
    #[error("there is no such payment")]
    NoSuchPayment,
}

/// Whether a charge is accepted. Its reservation may have been canceled before the charge arrived.
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
    /// The payment that an accepted charge makes.
    #[must_use]
    pub fn paid(id: i64, charge: Charge) -> Self {
        Self { id, charge, status: Status::PaymentApproved, version: 1 }
    }

    /// The payment after its refund; none if it was refunded before.
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
    fn a_canceled_reservation_is_not_paid_and_a_payment_is_refunded_once() {
        let charge = Charge { request_id: 7, price: 0 };
        assert_eq!(approve(&charge, false), Ok(()));
        assert_eq!(approve(&charge, true), Err(Rejection::ReservationCanceled(7)));
        assert_eq!(approve(&Charge { price: -1, ..charge }, false), Err(Rejection::NegativePrice));
        let canceled = Payment::paid(1, charge).refunded().unwrap();
        assert_eq!((canceled.status, canceled.version), (Status::PaymentCancel, 2));
        assert_eq!(canceled.refunded(), None);
    }
}

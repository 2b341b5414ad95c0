//! Payments: their states and rules. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// The payment of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    pub id: i64,
    pub order_id: i64,
    /// The price, at least 0.
    pub price: i64,
    /// The status of the payment.
    pub status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// The status of the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Paid,
    Canceled,
}

/// What must be paid for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    pub order_id: i64,
    pub price: i64,
}

/// Why a charge is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("price must be at least 0")]
    NegativePrice,
    /// The order was canceled before.
    #[error("the order was canceled: nothing is taken for it")]
    OrderCanceled,
}

impl Payment {
    /// The payment that a charge makes.
    ///
    /// # Errors
    /// When the price is none.
    pub fn paid(id: i64, charge: Charge) -> Result<Self, Rejection> {
        let Charge { order_id, price } = charge;
        if price < 0 {
            return Err(Rejection::NegativePrice);
        }
        Ok(Self { id, order_id, price, status: Status::Paid, version: 1 })
    }

    /// The payment after its refund; none if it was refunded before.
    #[must_use]
    pub fn refunded(self) -> Option<Self> {
        let paid = self.status == Status::Paid;
        paid.then(|| Self { status: Status::Canceled, version: self.version + 1, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_is_taken_and_refunded_once() {
        let paid = Payment::paid(1, Charge { order_id: 7, price: 100 }).unwrap();
        assert_eq!((paid.status, paid.version), (Status::Paid, 1));
        let back = paid.refunded().unwrap();
        assert_eq!((back.status, back.version), (Status::Canceled, 2));
        assert_eq!(back.refunded(), None);
        assert_eq!(
            Payment::paid(1, Charge { order_id: 7, price: -1 }),
            Err(Rejection::NegativePrice)
        );
    }
}

//! Payments: their states and rules. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// The payment of an order. A refunded one is deleted: its status is in its last event only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    pub id: i64,
    #[serde(flatten)]
    pub charge: Charge,
    /// Whether it was refunded.
    pub pay_status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// What must be paid for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// The order that is paid for.
    pub order_id: i64,
    /// The amount, in won.
    pub pay_amount: i64,
    /// Where the order goes. Payment does not use it: its events pass it on to delivery.
    pub recipient: Recipient,
}

/// Who gets what was ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    pub customer_id: Option<i64>,
    pub customer_addr: Option<String>,
    pub customer_tel: Option<String>,
}

/// The status of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    PaymentApproved,
    PaymentCanceled,
}

/// Why a payment is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("payAmount must be at least 0")]
    NegativeAmount,
    /// Its order was canceled before.
    #[error("order {0} was canceled")]
    OrderCanceled(i64),
    #[error("there is no such payment")]
    NoSuchPayment,
}

/// Whether a charge is accepted. Its order may have been canceled before the charge arrived.
///
/// # Errors
/// When it is not.
pub fn approve(charge: &Charge, order_canceled: bool) -> Result<(), Rejection> {
    if charge.pay_amount < 0 {
        return Err(Rejection::NegativeAmount);
    }
    if order_canceled { Err(Rejection::OrderCanceled(charge.order_id)) } else { Ok(()) }
}

impl Payment {
    /// The payment that an accepted charge makes.
    #[must_use]
    pub fn paid(id: i64, charge: Charge) -> Self {
        Self { id, charge, pay_status: Status::PaymentApproved, version: 1 }
    }

    /// The payment after its refund.
    #[must_use]
    pub fn refunded(self) -> Self {
        Self { pay_status: Status::PaymentCanceled, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canceled_order_is_not_paid() {
        let charge = Charge { order_id: 7, pay_amount: 0, recipient: Recipient::default() };
        assert_eq!(approve(&charge, false), Ok(()));
        assert_eq!(approve(&charge, true), Err(Rejection::OrderCanceled(7)));
        let negative = Charge { pay_amount: -1, ..charge.clone() };
        assert_eq!(approve(&negative, false), Err(Rejection::NegativeAmount));
        let canceled = Payment::paid(1, charge).refunded();
        assert_eq!((canceled.pay_status, canceled.version), (Status::PaymentCanceled, 2));
    }
}

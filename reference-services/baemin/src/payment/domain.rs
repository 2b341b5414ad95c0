//! What a payment is. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// Money that was taken for an order. A canceled payment is no more: its last event says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// From 1.
    pub id: i64,
    /// What it is for.
    #[serde(flatten)]
    pub charge: Charge,
    /// Whether it holds.
    pub pay_status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// What is to be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// The order: what correlates the two.
    pub order_id: i64,
    /// In won.
    pub pay_amount: i64,
    /// Where the order goes: not payment's business, but passed on in its events.
    pub recipient: Recipient,
}

/// Who gets what was ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// The customer.
    pub customer_id: Option<i64>,
    /// Where.
    pub customer_addr: Option<String>,
    /// Whom to call.
    pub customer_tel: Option<String>,
}

/// Whether a payment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It does.
    PaymentApproved,
    /// It was taken back.
    PaymentCanceled,
}

/// Why a payment is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Not an amount.
    #[error("payAmount must be at least 0")]
    NegativeAmount,
    /// It was called off before.
    #[error("order {0} was canceled")]
    OrderCanceled(i64),
    /// There is no such payment.
    #[error("there is no such payment")]
    NoSuchPayment,
}

/// Whether a request is paid. Its order may have been called off before the request came.
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
    /// The payment that an approved request makes.
    #[must_use]
    pub fn paid(id: i64, charge: Charge) -> Self {
        Self { id, charge, pay_status: Status::PaymentApproved, version: 1 }
    }

    /// The payment after it was taken back.
    #[must_use]
    pub fn refunded(self) -> Self {
        Self { pay_status: Status::PaymentCanceled, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_canceled_is_not_paid() {
        let charge = Charge { order_id: 7, pay_amount: 0, recipient: Recipient::default() };
        assert_eq!(approve(&charge, false), Ok(()));
        assert_eq!(approve(&charge, true), Err(Rejection::OrderCanceled(7)));
        let negative = Charge { pay_amount: -1, ..charge.clone() };
        assert_eq!(approve(&negative, false), Err(Rejection::NegativeAmount));
        let canceled = Payment::paid(1, charge).refunded();
        assert_eq!((canceled.pay_status, canceled.version), (Status::PaymentCanceled, 2));
    }
}

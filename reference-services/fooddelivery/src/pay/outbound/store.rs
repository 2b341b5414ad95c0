//! Payments in the store. State, events and remembered answers change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::pay::domain::{Charge, Payment, Rejection, Status};
use crate::pay::events;

impl Document for Payment {
    const COLLECTION: &'static str = "payments";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.order_id.to_string())
    }
}

/// Why a transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("this Idempotency-Key was used for another payment")]
    KeyReused,
    #[error("there is no such payment")]
    NoSuchPayment,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a payment; with a key that was used before, gives the payment of then and charges nothing.
pub fn pay(
    tx: &mut Tx<'_>,
    charge: Charge,
    key: Option<&str>,
    cause: &Cause,
) -> Result<Payment, Refusal> {
    let key = key.map(|key| format!("payments/{key}"));
    if let Some(id) = key.as_deref().map(|key| tx.answer::<i64>(key)).transpose()?.flatten() {
        let payment = tx.get::<Payment>(id)?.ok_or(Refusal::NoSuchPayment)?;
        let same = payment.order_id == charge.order_id && payment.price == charge.price;
        return match payment.status {
            _ if !same => Err(Refusal::KeyReused),
            Status::Paid => Ok(payment),
            // The answer of then is void: the money was given back.
            Status::Canceled => Err(Rejection::OrderCanceled.into()),
        };
    }
    // The refund may have overtaken the charge: app gave up while its call was still on
    // the way here.
    if tx.answer::<bool>(&canceled_key(charge.order_id))?.is_some() {
        return Err(Rejection::OrderCanceled.into());
    }
    let payment = Payment::paid(tx.next_id::<Payment>()?, charge)?;
    if let Some(key) = key {
        tx.remember(&key, &payment.id)?;
    }
    tx.put(&payment)?;
    tx.publish(events::paid(&payment, cause)?)?;
    Ok(payment)
}

/// Refunds an order's payments, and refuses charges for it that arrive later.
pub fn refund_order(tx: &mut Tx<'_>, order_id: i64, cause: &Cause) -> Result<(), StoreError> {
    // Whether or not there is a payment yet: a charge that arrives later finds it.
    tx.remember(&canceled_key(order_id), &true)?;
    for payment in tx.find::<Payment>(&order_id.to_string())? {
        if let Some(payment) = payment.refunded() {
            tx.put(&payment)?;
            tx.publish(events::payment_canceled(&payment, cause)?)?;
        }
    }
    Ok(())
}

fn canceled_key(order_id: i64) -> String {
    format!("called-off/{order_id}")
}

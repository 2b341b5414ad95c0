//! Payments in the store. State, events and remembered answers change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::payment::domain::{Charge, Payment, Rejection, approve};
use crate::payment::events;

impl Document for Payment {
    const COLLECTION: &'static str = "payments";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.charge.order_id.to_string())
    }
}

/// An order that was canceled: a charge that arrives after the cancellation is refused.
#[derive(Serialize, Deserialize)]
struct CanceledOrder {
    order_id: i64,
}

impl Document for CanceledOrder {
    const COLLECTION: &'static str = "canceledOrders";

    fn id(&self) -> i64 {
        self.order_id
    }
}

/// Why a transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("this Idempotency-Key was used for another payment")]
    KeyReused,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a payment; with a key that was used before, gives the payment of then and charges nothing.
pub fn pay(
    tx: &mut Tx<'_>,
    charge: Charge,
    key: Option<String>,
    cause: &Cause,
) -> Result<Payment, Refusal> {
    let canceled = tx.get::<CanceledOrder>(charge.order_id)?.is_some();
    // Checked before the key: a repeated charge for a canceled order must be refused as well.
    approve(&charge, canceled)?;
    let key = key.map(|key| format!("payments/{key}"));
    // The answer of then, not a new check: the first request may have succeeded, and its
    // answer was lost.
    if let Some(id) = key.as_deref().map(|key| tx.answer::<i64>(key)).transpose()?.flatten() {
        let payment = tx.get::<Payment>(id)?.ok_or(Rejection::OrderCanceled(charge.order_id))?;
        return if payment.charge == charge { Ok(payment) } else { Err(Refusal::KeyReused) };
    }
    let payment = Payment::paid(tx.next_id::<Payment>()?, charge);
    tx.put(&payment)?;
    if let Some(key) = key {
        tx.remember(&key, &payment.id)?;
    }
    tx.publish(events::payment_approved(&payment, cause)?)?;
    Ok(payment)
}

/// Refunds an order's payments, and refuses charges for it that arrive later.
pub fn refund_order(tx: &mut Tx<'_>, order_id: i64, cause: &Cause) -> Result<(), StoreError> {
    // The cancellation may overtake the charge: order gives up while its call is still on
    // the way here.
    tx.put(&CanceledOrder { order_id })?;
    // More than one if the idempotency key is off.
    for payment in tx.find::<Payment>(&order_id.to_string())? {
        refund(tx, payment, cause)?;
    }
    Ok(())
}

/// Refunds one payment by its id.
pub fn cancel(tx: &mut Tx<'_>, id: i64, cause: &Cause) -> Result<(), Refusal> {
    let payment = tx.get::<Payment>(id)?.ok_or(Rejection::NoSuchPayment)?;
    Ok(refund(tx, payment, cause)?)
}

fn refund(tx: &mut Tx<'_>, payment: Payment, cause: &Cause) -> Result<(), StoreError> {
    // A refunded payment is deleted: its last event is all that is left of it.
    tx.remove::<Payment>(payment.id)?;
    tx.publish(events::payment_canceled(&payment.refunded(), cause)?)
}

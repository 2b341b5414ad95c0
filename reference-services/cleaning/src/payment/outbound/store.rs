//! Payments in the store. State, events and remembered answers change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::payment::domain::{Charge, Payment, Rejection, Status, approve};
use crate::payment::events;

impl Document for Payment {
    const COLLECTION: &'static str = "payments";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.charge.request_id.to_string())
    }
}

/// A reservation that was canceled: a charge that arrives after the cancellation is refused.
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
    let canceled = tx.get::<CanceledReservation>(charge.request_id)?.is_some();
    // Checked before the key: a repeated charge for a canceled reservation must be refused as well.
    approve(&charge, canceled)?;
    let key = key.map(|key| format!("payments/{key}"));
    // The answer of then, not a new check: the first request may have succeeded, and its
    // answer was lost.
    if let Some(id) = key.as_deref().map(|key| tx.answer::<i64>(key)).transpose()?.flatten() {
        let payment = tx.get::<Payment>(id)?.ok_or(Rejection::NoSuchPayment)?;
        return if payment.charge == charge { Ok(payment) } else { Err(Refusal::KeyReused) };
    }
    let payment = Payment::paid(tx.next_id::<Payment>()?, charge);
    if let Some(key) = key {
        tx.remember(&key, &payment.id)?;
    }
    save(tx, &payment, cause)?;
    Ok(payment)
}

/// Refunds a reservation's payments, and refuses charges for it that arrive later.
pub fn refund_reservation(
    tx: &mut Tx<'_>,
    request_id: i64,
    cause: &Cause,
) -> Result<(), StoreError> {
    // The cancellation may overtake the charge: reservation gives up while its call is still on
    // the way here.
    tx.put(&CanceledReservation { request_id })?;
    let paid = tx.find::<Payment>(&request_id.to_string())?;
    for payment in paid.into_iter().filter_map(Payment::refunded) {
        save(tx, &payment, cause)?;
    }
    Ok(())
}

fn save(tx: &mut Tx<'_>, payment: &Payment, cause: &Cause) -> Result<(), StoreError> {
    tx.put(payment)?;
    tx.publish(match payment.status {
        Status::PaymentApproved => events::pay_confirmed(payment, cause)?,
        Status::PaymentCancel => events::pay_cancel_confirmed(payment, cause)?,
    })
}

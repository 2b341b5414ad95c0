//! Payments in their store. State, events and remembered answers change in one transaction.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::payment::domain::{Payment, Rejection, Request, Status, approve};
use crate::payment::inbound::rest::PaymentNews;

impl Document for Payment {
    const COLLECTION: &'static str = "payments";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.request.order_id.to_string())
    }
}

/// An order that was called off: a request to pay that comes after its cancellation is refused.
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

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("this Idempotency-Key was used for another payment")]
    KeyReused,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Pays; with a key that was used before, gives that payment again and takes nothing.
pub fn pay(
    tx: &mut Tx<'_>,
    request: Request,
    key: Option<String>,
    cause: &Cause,
) -> Result<Payment, Refusal> {
    let canceled = tx.get::<CanceledOrder>(request.order_id)?.is_some();
    approve(&request, canceled)?;
    let key = key.map(|key| format!("payments/{key}"));
    if let Some(id) = key.as_deref().map(|key| tx.answer::<i64>(key)).transpose()?.flatten() {
        let payment = tx.get::<Payment>(id)?.ok_or(Rejection::OrderCanceled(request.order_id))?;
        return if payment.request == request { Ok(payment) } else { Err(Refusal::KeyReused) };
    }
    let payment = Payment::approved(tx.next_id::<Payment>()?, request);
    tx.put(&payment)?;
    if let Some(key) = key {
        tx.remember(&key, &payment.id)?;
    }
    publish(tx, &payment, cause)?;
    Ok(payment)
}

/// Takes back what was paid for an order, and whatever is asked for it from now on.
pub fn cancel_order(tx: &mut Tx<'_>, order_id: i64, cause: &Cause) -> Result<(), StoreError> {
    tx.put(&CanceledOrder { order_id })?;
    for payment in tx.find::<Payment>(&order_id.to_string())? {
        take_back(tx, payment, cause)?;
    }
    Ok(())
}

/// Takes back one payment.
pub fn cancel(tx: &mut Tx<'_>, id: i64, cause: &Cause) -> Result<(), Refusal> {
    let payment = tx.get::<Payment>(id)?.ok_or(Rejection::NoSuchPayment)?;
    Ok(take_back(tx, payment, cause)?)
}

fn take_back(tx: &mut Tx<'_>, payment: Payment, cause: &Cause) -> Result<(), StoreError> {
    tx.remove::<Payment>(payment.id)?;
    publish(tx, &payment.canceled(), cause)
}

fn publish(tx: &mut Tx<'_>, payment: &Payment, cause: &Cause) -> Result<(), StoreError> {
    let event_type = match payment.pay_status {
        Status::PaymentApproved => "PaymentApproved",
        Status::PaymentCanceled => "PaymentCanceled",
    };
    let subject = Subject { event_type, aggregate_id: payment.id, version: payment.version };
    tx.publish(Envelope::new(subject, cause, &PaymentNews::from(payment))?)
}

//! The events that pay publishes. Their fields are a contract with the services that read them, so
//! they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Payment, Status};

/// The fields of each event about a payment.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentEvent {
    id: i64,
    order_id: i64,
    price: i64,
    status: Status,
}

impl From<&Payment> for PaymentEvent {
    fn from(payment: &Payment) -> Self {
        let Payment { id, order_id, price, status, version: _ } = *payment;
        Self { id, order_id, price, status }
    }
}

/// The money for an order was taken.
pub fn paid(payment: &Payment, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("Paid", payment, cause)
}

/// The money for an order was given back.
pub fn payment_canceled(payment: &Payment, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("PaymentCanceled", payment, cause)
}

fn envelope(
    event_type: &'static str,
    payment: &Payment,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject = Subject { event_type, aggregate_id: payment.id, version: payment.version };
    Ok(Envelope::new(subject, cause, &PaymentEvent::from(payment))?)
}

//! The events that payment publishes. Their fields are a contract with the services that read them,
//! so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Charge, Payment, Status};

/// The fields of each event about a payment.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentEvent {
    id: i64,
    request_id: i64,
    price: i64,
    /// The reservation's status rather than the payment's own, as readers show it unchanged.
    status: &'static str,
}

impl From<&Payment> for PaymentEvent {
    fn from(payment: &Payment) -> Self {
        let Payment { id, charge: Charge { request_id, price }, status, version: _ } = *payment;
        let status = match status {
            Status::PaymentApproved => "PaymentCompleted",
            Status::PaymentCancel => "PaymentCancelCompleted",
        };
        Self { id, request_id, price, status }
    }
}

/// The money for a reservation was taken.
pub fn pay_confirmed(payment: &Payment, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("PayConfirmed", payment, cause)
}

/// The money for a reservation was given back.
pub fn pay_cancel_confirmed(payment: &Payment, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("PayCancelConfirmed", payment, cause)
}

fn envelope(
    event_type: &'static str,
    payment: &Payment,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject = Subject { event_type, aggregate_id: payment.id, version: payment.version };
    Ok(Envelope::new(subject, cause, &PaymentEvent::from(payment))?)
}

//! The events that payment publishes. Their fields are a contract with the services that read them,
//! so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Charge, Payment, Recipient, Status};

/// The fields of each event about a payment. They say also where the order goes: delivery starts by
/// them and hears nothing of the order itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentEvent {
    id: i64,
    order_id: i64,
    pay_status: Status,
    pay_amount: i64,
    customer_id: Option<i64>,
    customer_addr: Option<String>,
    customer_tel: Option<String>,
}

impl From<&Payment> for PaymentEvent {
    fn from(payment: &Payment) -> Self {
        let Payment { id, charge, pay_status, version: _ } = payment.clone();
        let Charge { order_id, pay_amount, recipient } = charge;
        let Recipient { customer_id, customer_addr, customer_tel } = recipient;
        Self { id, order_id, pay_status, pay_amount, customer_id, customer_addr, customer_tel }
    }
}

/// The money for an order was taken.
pub fn payment_approved(payment: &Payment, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("PaymentApproved", payment, cause)
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

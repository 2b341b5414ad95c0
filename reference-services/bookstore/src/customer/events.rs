//! The events that customer publishes. Their fields are a contract with the services that read
//! them, so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Customer, Event};

/// The fields of each event about a customer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerEvent {
    customer_id: i64,
    customer_name: String,
}

impl From<&Customer> for CustomerEvent {
    fn from(customer: &Customer) -> Self {
        let Customer { customer_id, customer_name, version: _ } = customer.clone();
        Self { customer_id, customer_name }
    }
}

/// The event as it is published, with the customer as it is afterwards.
pub fn published(
    event: &Event,
    customer: &Customer,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let event_type = match event {
        Event::Registered(_) => "CustomerRegistered",
        Event::Changed(_) => "CustomerChanged",
        Event::Deleted => "CustomerDeleted",
    };
    let (aggregate_id, version) = (customer.customer_id, customer.version);
    let subject = Subject { event_type, aggregate_id, version };
    Ok(Envelope::new(subject, cause, &CustomerEvent::from(customer))?)
}

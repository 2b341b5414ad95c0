//! The events that cleaning publishes. Their fields are a contract with the services that read
//! them, so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Clean, Status};

/// The fields of the event about a clean.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CleanEvent {
    id: i64,
    status: Status,
    request_id: i64,
    clean_date: Option<String>,
}

impl From<&Clean> for CleanEvent {
    fn from(clean: &Clean) -> Self {
        let Clean { id, status, request_id, clean_date } = clean.clone();
        Self { id, status, request_id, clean_date }
    }
}

/// A reservation was cleaned.
pub fn cleaning_confirmed(clean: &Clean, cause: &Cause) -> Result<Envelope, StoreError> {
    // A clean never changes, so it counts no versions.
    let subject = Subject { event_type: "CleaningConfirmed", aggregate_id: clean.id, version: 1 };
    Ok(Envelope::new(subject, cause, &CleanEvent::from(clean))?)
}

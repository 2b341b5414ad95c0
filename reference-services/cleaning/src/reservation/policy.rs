//! Policy: cleaning's events complete a reservation.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store::{self, Refusal};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CleanEvent {
    request_id: i64,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    if event.event_type != "CleaningConfirmed" {
        return Ok(Handled::Ignored);
    }
    let cleaned: CleanEvent = event.read()?;
    match store::complete(tx, cleaned.request_id) {
        Ok(()) => Ok(Handled::Applied),
        Err(Refusal::Store(error)) => Err(error.into()),
        Err(refusal) => Err(PolicyError::unusable(refusal)),
    }
}

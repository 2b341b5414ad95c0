//! Policy: the events that become messages to the customer.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusEvent {
    request_id: i64,
    status: String,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    if !["PayConfirmed", "PayCancelConfirmed", "CleaningConfirmed"]
        .contains(&event.event_type.as_str())
    {
        return Ok(Handled::Ignored);
    }
    let StatusEvent { request_id, status } = event.read()?;
    store::notify(tx, request_id, status)?;
    Ok(Handled::Applied)
}

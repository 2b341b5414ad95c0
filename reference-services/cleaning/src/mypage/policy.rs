//! Policy: the events that update a customer's view.

use brunt_kit::config::Guard;
use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;
use super::projection::{Status, Update};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReservationEvent {
    id: i64,
    status: Status,
    price: i64,
    customer_name: Option<String>,
}

/// The fields that the events of payment and cleaning have in common.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusEvent {
    request_id: i64,
    status: Status,
    price: Option<i64>,
}

pub(super) fn handle(
    tx: &mut Tx<'_>,
    event: &Envelope,
    version_gate: Guard,
) -> Result<Handled, PolicyError> {
    let (request_id, update) = match event.event_type.as_str() {
        "CleaningRequested" | "CleaningRequestCanceled" => {
            let ReservationEvent { id, status, price, customer_name } = event.read()?;
            (id, Update { status, price: Some(price), customer_name })
        }
        "PayConfirmed" | "PayCancelConfirmed" | "CleaningConfirmed" => {
            let StatusEvent { request_id, status, price } = event.read()?;
            (request_id, Update { status, price, customer_name: None })
        }
        _ => return Ok(Handled::Ignored),
    };
    store::show(tx, request_id, update, version_gate)?;
    Ok(Handled::Applied)
}

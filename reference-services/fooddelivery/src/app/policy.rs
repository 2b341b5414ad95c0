//! Policy: the events of store and rider change the order's status.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::domain::{Command, Rejection, Status};
use super::outbound::store::{self, Refusal};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderRef {
    order_id: i64,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    let Some(status) = status(&event.event_type) else {
        return Ok(Handled::Ignored);
    };
    let OrderRef { order_id } = event.read()?;
    match store::change(tx, order_id, Command::Advance(status), &Cause::event(event)) {
        Ok(_) => Ok(Handled::Applied),
        Err(Refusal::Store(error)) => Err(error.into()),
        // Without the order there is no status to change; a dead letter would not bring it back.
        Err(Refusal::Rejected(Rejection::NoSuchOrder)) => Ok(Handled::Applied),
        Err(refusal) => Err(PolicyError::unusable(refusal)),
    }
}

fn status(event_type: &str) -> Option<Status> {
    match event_type {
        "OrderAccepted" => Some(Status::Accepted),
        "OrderRejected" => Some(Status::Rejected),
        "CookStarted" => Some(Status::Cooking),
        "CookFinished" => Some(Status::Cooked),
        "Picked" => Some(Status::Picked),
        "Delivered" => Some(Status::Delivered),
        _ => None,
    }
}

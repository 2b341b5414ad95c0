//! Policy: app's events bring orders to the store, and cancel them.

use brunt_kit::config::Guard;
use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;
use crate::DeliveryType;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    id: i64,
    delivery_type: DeliveryType,
}

/// With `compensation` off, a canceled order is cooked all the same.
pub(super) fn handle(
    tx: &mut Tx<'_>,
    event: &Envelope,
    compensation: Guard,
) -> Result<Handled, PolicyError> {
    let canceled = match event.event_type.as_str() {
        "OrderPlaced" => false,
        "OrderCanceled" if compensation == Guard::On => true,
        _ => return Ok(Handled::Ignored),
    };
    let OrderEvent { id, delivery_type } = event.read()?;
    if canceled {
        store::cancel(tx, id, delivery_type, &Cause::event(event))?;
    } else {
        store::receive(tx, id, delivery_type)?;
    }
    Ok(Handled::Applied)
}

//! Policy: the events of app and store create, ready and cancel deliveries.

use brunt_kit::config::Guard;
use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::domain::Command;
use super::outbound::store::{self, Errand};
use crate::DeliveryType;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    id: i64,
    delivery_type: DeliveryType,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoreOrderEvent {
    order_id: i64,
    delivery_type: DeliveryType,
}

/// With `compensation` off, a canceled order keeps its delivery.
pub(super) fn handle(
    tx: &mut Tx<'_>,
    event: &Envelope,
    compensation: Guard,
) -> Result<Handled, PolicyError> {
    let command = match event.event_type.as_str() {
        "OrderPlaced" => None,
        "CookFinished" => Some(Command::Ready),
        "OrderCanceled" | "OrderRejected" if compensation == Guard::On => Some(Command::Cancel),
        _ => return Ok(Handled::Ignored),
    };
    let errand = errand(event)?;
    match command {
        None => store::wait_for(tx, errand)?,
        Some(command) => store::follow(tx, errand, command, &Cause::event(event))?,
    }
    Ok(Handled::Applied)
}

fn errand(event: &Envelope) -> Result<Errand, PolicyError> {
    Ok(match event.event_type.as_str() {
        "OrderPlaced" | "OrderCanceled" => {
            let OrderEvent { id, delivery_type } = event.read()?;
            Errand { order_id: id, delivery_type }
        }
        _ => {
            let StoreOrderEvent { order_id, delivery_type } = event.read()?;
            Errand { order_id, delivery_type }
        }
    })
}

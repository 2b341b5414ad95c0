//! Policy: the events of order and bookInventory create, start and cancel deliveries.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::domain::Command;
use super::outbound::store::{self, Refusal};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    order_id: i64,
    delivery_address: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderRef {
    order_id: i64,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    let cause = Cause::event(event);
    let outcome = match event.event_type.as_str() {
        "Ordered" => {
            let OrderEvent { order_id, delivery_address } = event.read()?;
            store::create(tx, order_id, delivery_address, &cause)
        }
        "DeliveryPrepared" => {
            store::change_of_order(tx, event.read::<OrderRef>()?.order_id, &Command::Start, &cause)
        }
        "OrderCanceled" => {
            store::change_of_order(tx, event.read::<OrderRef>()?.order_id, &Command::Cancel, &cause)
        }
        _ => return Ok(Handled::Ignored),
    };
    match outcome {
        Ok(()) => Ok(Handled::Applied),
        Err(Refusal::Store(error)) => Err(error.into()),
        Err(refusal) => Err(PolicyError::unusable(refusal)),
    }
}

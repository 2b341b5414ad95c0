//! Policy: the events that refund an order.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;

#[derive(Deserialize)]
struct OrderEvent {
    id: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoreOrderEvent {
    order_id: i64,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    let order_id = match event.event_type.as_str() {
        "OrderNotPlaced" | "OrderCanceled" => event.read::<OrderEvent>()?.id,
        "OrderRejected" => event.read::<StoreOrderEvent>()?.order_id,
        _ => return Ok(Handled::Ignored),
    };
    store::refund_order(tx, order_id, &Cause::event(event))?;
    Ok(Handled::Applied)
}

//! Policy: the events that update a page and notify its customer.

use brunt_kit::config::Guard;
use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;
use super::projection::{OrderStatus, PayStatus, Update};

#[derive(Deserialize)]
struct OrderEvent {
    id: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderRef {
    order_id: i64,
}

pub(super) fn handle(
    tx: &mut Tx<'_>,
    event: &Envelope,
    version_gate: Guard,
) -> Result<Handled, PolicyError> {
    let Some((order_id, update)) = update(event)? else {
        return Ok(Handled::Ignored);
    };
    store::notify(tx, order_id, &update)?;
    store::show(tx, order_id, update, version_gate)?;
    Ok(Handled::Applied)
}

fn update(event: &Envelope) -> Result<Option<(i64, Update)>, PolicyError> {
    let update = match event.event_type.as_str() {
        "OrderPlaced" => Update::Placed(event.read()?),
        "OrderCanceled" => Update::Reached(OrderStatus::Canceled),
        "OrderAccepted" => Update::Reached(OrderStatus::Accepted),
        "OrderRejected" => Update::Reached(OrderStatus::Rejected),
        "CookStarted" => Update::Reached(OrderStatus::Cooking),
        "CookFinished" => Update::Reached(OrderStatus::Cooked),
        "Picked" => Update::Reached(OrderStatus::Picked),
        "Delivered" => Update::Reached(OrderStatus::Delivered),
        "Paid" => Update::Payment(PayStatus::Paid),
        "PaymentCanceled" => Update::Payment(PayStatus::Canceled),
        _ => return Ok(None),
    };
    let order_id = match event.event_type.as_str() {
        "OrderPlaced" | "OrderCanceled" => event.read::<OrderEvent>()?.id,
        _ => event.read::<OrderRef>()?.order_id,
    };
    Ok(Some((order_id, update)))
}

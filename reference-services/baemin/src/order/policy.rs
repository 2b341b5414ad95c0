//! Policy: delivery's events change the order's status.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::domain::Delivery;
use super::outbound::store;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryEvent {
    order_id: i64,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    let step = match event.event_type.as_str() {
        "DeliveryStarted" => Delivery::Started,
        "DeliveryCanceled" => Delivery::Canceled,
        _ => return Ok(Handled::Ignored),
    };
    let delivery: DeliveryEvent = event.read()?;
    store::deliver(tx, delivery.order_id, step)?;
    Ok(Handled::Applied)
}

//! Policy: the events that update a page.

use brunt_kit::config::Guard;
use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;
use super::projection::{Change, Placement, Update};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    order_id: i64,
    order_status: String,
    #[serde(flatten)]
    placement: Placement,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeliverableEvent {
    order_id: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryEvent {
    id: i64,
    order_id: i64,
    delivery_status: String,
}

pub(super) fn handle(
    tx: &mut Tx<'_>,
    event: &Envelope,
    gate: Guard,
) -> Result<Handled, PolicyError> {
    let Some(update) = update(event)? else {
        return Ok(Handled::Ignored);
    };
    store::show(tx, update, gate)?;
    Ok(Handled::Applied)
}

fn update(event: &Envelope) -> Result<Option<Update>, PolicyError> {
    let version = event.version;
    Ok(match event.event_type.as_str() {
        "Ordered" | "OrderCanceled" => {
            let OrderEvent { order_id, order_status: status, placement } = event.read()?;
            Some(Update { order_id, version, change: Change::Order { placement, status } })
        }
        "DeliveryPrepared" => {
            let DeliverableEvent { order_id } = event.read()?;
            Some(Update { order_id, version, change: Change::Prepared })
        }
        "DeliveryStatusChanged" => {
            let DeliveryEvent { id, order_id, delivery_status: status } = event.read()?;
            Some(Update { order_id, version, change: Change::Delivery { id, status } })
        }
        _ => None,
    })
}

//! Which events are news for a page.

use brunt_kit::config::Guard;
use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;
use super::projection::{Fact, News, Purchase};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    order_id: i64,
    order_status: String,
    #[serde(flatten)]
    purchase: Purchase,
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
    let Some(news) = news(event)? else {
        return Ok(Handled::Ignored);
    };
    store::show(tx, news, gate)?;
    Ok(Handled::Applied)
}

fn news(event: &Envelope) -> Result<Option<News>, PolicyError> {
    let version = event.version;
    Ok(match event.event_type.as_str() {
        "Ordered" | "OrderCanceled" => {
            let OrderEvent { order_id, order_status: status, purchase } = event.read()?;
            Some(News { order_id, version, fact: Fact::Order { purchase, status } })
        }
        "DeliveryPrepared" => {
            let DeliverableEvent { order_id } = event.read()?;
            Some(News { order_id, version, fact: Fact::Prepared })
        }
        "DeliveryStatusChanged" => {
            let DeliveryEvent { id, order_id, delivery_status: status } = event.read()?;
            Some(News { order_id, version, fact: Fact::Delivery { id, status } })
        }
        _ => None,
    })
}

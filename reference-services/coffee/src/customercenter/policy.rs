//! Which events are news for a page.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;
use super::projection::{Fact, News};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    id: i64,
    product_name: String,
    qty: i64,
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProductEvent {
    id: i64,
    order_id: i64,
    product_name: String,
    qty: i64,
    status: String,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    let Some(news) = news(event)? else {
        return Ok(Handled::Ignored);
    };
    store::show(tx, news)?;
    Ok(Handled::Applied)
}

fn news(event: &Envelope) -> Result<Option<News>, PolicyError> {
    let version = event.version;
    Ok(match event.event_type.as_str() {
        "Ordered" | "OrderCanceled" => {
            let OrderEvent { id, product_name, qty, status } = event.read()?;
            Some(News { order_id: id, version, product_name, qty, fact: Fact::Order { status } })
        }
        "Produced" | "ProductCanceled" => {
            let ProductEvent { id, order_id, product_name, qty, status } = event.read()?;
            Some(News { order_id, version, product_name, qty, fact: Fact::Product { id, status } })
        }
        _ => None,
    })
}

//! Policy: the events that update a page.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;
use super::projection::{Change, Update};

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
    let Some(update) = update(event)? else {
        return Ok(Handled::Ignored);
    };
    store::show(tx, update)?;
    Ok(Handled::Applied)
}

fn update(event: &Envelope) -> Result<Option<Update>, PolicyError> {
    let version = event.version;
    Ok(match event.event_type.as_str() {
        "Ordered" | "OrderCanceled" => {
            let OrderEvent { id, product_name, qty, status } = event.read()?;
            Some(Update {
                order_id: id,
                version,
                product_name,
                qty,
                change: Change::Order { status },
            })
        }
        "Produced" | "ProductCanceled" => {
            let ProductEvent { id, order_id, product_name, qty, status } = event.read()?;
            Some(Update {
                order_id,
                version,
                product_name,
                qty,
                change: Change::Product { id, status },
            })
        }
        _ => None,
    })
}

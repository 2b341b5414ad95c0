//! Policy: the events that update a detail view.

use brunt_kit::config::Guard;
use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;
use super::projection::{OrderStatus, PayStatus, Update};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    id: i64,
    product_name: String,
    product_price: Option<i64>,
    order_total_price: Option<i64>,
    order_status: OrderStatus,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PaymentEvent {
    order_id: i64,
    pay_status: PayStatus,
    pay_amount: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryEvent {
    order_id: i64,
    order_status: OrderStatus,
}

pub(super) fn handle(
    tx: &mut Tx<'_>,
    event: &Envelope,
    version_gate: Guard,
) -> Result<Handled, PolicyError> {
    let Some((order_id, update)) = update(event)? else {
        return Ok(Handled::Ignored);
    };
    store::show(tx, order_id, update, version_gate)?;
    Ok(Handled::Applied)
}

fn update(event: &Envelope) -> Result<Option<(i64, Update)>, PolicyError> {
    Ok(match event.event_type.as_str() {
        "Ordered" | "OrderCanceled" => {
            let OrderEvent { id, product_name, product_price, order_total_price, order_status } =
                event.read()?;
            let total_price = order_total_price.or(product_price);
            Some((id, Update::Order { status: order_status, product_name, total_price }))
        }
        "PaymentApproved" | "PaymentCanceled" => {
            let PaymentEvent { order_id, pay_status, pay_amount } = event.read()?;
            Some((order_id, Update::Payment { status: pay_status, amount: pay_amount }))
        }
        "DeliveryStarted" | "DeliveryCanceled" => {
            let DeliveryEvent { order_id, order_status } = event.read()?;
            Some((order_id, Update::Delivery { status: order_status }))
        }
        _ => None,
    })
}

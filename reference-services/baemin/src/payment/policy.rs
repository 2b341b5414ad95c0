//! Policy: the cancellation of an order refunds its payment.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;

#[derive(Deserialize)]
struct OrderEvent {
    id: i64,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    if event.event_type != "OrderCanceled" {
        return Ok(Handled::Ignored);
    }
    let order: OrderEvent = event.read()?;
    store::refund_order(tx, order.id, &Cause::event(event))?;
    Ok(Handled::Applied)
}

//! Policy: the events that become part of a coupon's history.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;
use super::projection::Change;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CouponEvent {
    coupon_id: i64,
    customer_id: i64,
    coupon_status: String,
    order_id: Option<i64>,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    if !["CouponCreated", "CouponUsed", "CouponRefund"].contains(&event.event_type.as_str()) {
        return Ok(Handled::Ignored);
    }
    let CouponEvent { coupon_id, customer_id, coupon_status, order_id } = event.read()?;
    let change = Change {
        version: event.version,
        coupon_status,
        order_id,
        timestamp: event.timestamp.clone(),
    };
    store::record(tx, coupon_id, customer_id, change)?;
    Ok(Handled::Applied)
}

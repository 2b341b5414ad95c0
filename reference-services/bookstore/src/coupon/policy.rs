//! What order's events mean for a coupon: it is used, or comes back.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::Settings;
use super::outbound::store::{self, Wish};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    order_id: i64,
    coupon_id: Option<i64>,
}

pub(super) fn handle(
    tx: &mut Tx<'_>,
    event: &Envelope,
    settings: Settings,
) -> Result<Handled, PolicyError> {
    if !["Ordered", "OrderCanceled"].contains(&event.event_type.as_str()) {
        return Ok(Handled::Ignored);
    }
    let OrderEvent { order_id, coupon_id } = event.read()?;
    let Some(coupon_id) = coupon_id else {
        return Ok(Handled::Ignored);
    };
    let (wish, cause) = (Wish { order_id, coupon_id }, Cause::event(event));
    if event.event_type == "Ordered" {
        store::claim(tx, wish, settings.conditional_update, &cause)?;
    } else {
        store::refund(tx, wish, settings.compensation, &cause)?;
    }
    Ok(Handled::Applied)
}

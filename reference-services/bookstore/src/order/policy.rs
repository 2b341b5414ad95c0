//! Policy: the events of bookInventory, delivery and coupon change the order's status.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::domain::{Command, Delivery, Step};
use super::outbound::store::{self, Refusal};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderRef {
    order_id: i64,
    delivery_status: Option<String>,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    if !["DeliveryPrepared", "DeliveryStatusChanged", "CouponRefused"]
        .contains(&event.event_type.as_str())
    {
        return Ok(Handled::Ignored);
    }
    let about: OrderRef = event.read()?;
    if store::is_withdrawn(tx, about.order_id)? {
        return Ok(Handled::Applied);
    }
    let command = match (event.event_type.as_str(), about.delivery_status) {
        ("DeliveryPrepared", _) => Command::Prepare,
        ("CouponRefused", _) => Command::RefuseCoupon,
        (_, Some(status)) => {
            Command::Follow(Delivery { version: event.version, step: step(status) })
        }
        (_, None) => return Err(PolicyError::unusable("deliveryStatus is missing")),
    };
    match store::change(tx, about.order_id, command, &Cause::event(event)) {
        Ok(()) => Ok(Handled::Applied),
        Err(Refusal::Store(error)) => Err(error.into()),
        Err(refusal) => Err(PolicyError::unusable(refusal)),
    }
}

fn step(status: String) -> Step {
    match status.as_str() {
        "Shipped" => Step::Shipped,
        "CancelDelivery" => Step::Canceled,
        _ => Step::Carried(status),
    }
}

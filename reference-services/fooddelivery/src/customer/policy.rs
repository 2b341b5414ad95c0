//! Which events are news for a customer.

use brunt_kit::config::Guard;
use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::Envelope;
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;
use super::projection::{Money, News, Stage};

#[derive(Deserialize)]
struct Order {
    id: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AboutOrder {
    order_id: i64,
}

pub(super) fn handle(
    tx: &mut Tx<'_>,
    event: &Envelope,
    version_gate: Guard,
) -> Result<Handled, PolicyError> {
    let Some((order_id, news)) = news(event)? else {
        return Ok(Handled::Ignored);
    };
    store::notify(tx, order_id, &news)?;
    store::show(tx, order_id, news, version_gate)?;
    Ok(Handled::Applied)
}

fn news(event: &Envelope) -> Result<Option<(i64, News)>, PolicyError> {
    let news = match event.event_type.as_str() {
        "OrderPlaced" => News::Placed(event.read()?),
        "OrderCanceled" => News::Reached(Stage::Canceled),
        "OrderAccepted" => News::Reached(Stage::Accepted),
        "OrderRejected" => News::Reached(Stage::Rejected),
        "CookStarted" => News::Reached(Stage::Cooking),
        "CookFinished" => News::Reached(Stage::Cooked),
        "Picked" => News::Reached(Stage::Picked),
        "Delivered" => News::Reached(Stage::Delivered),
        "Paid" => News::Money(Money::Paid),
        "PaymentCanceled" => News::Money(Money::Canceled),
        _ => return Ok(None),
    };
    let order_id = match event.event_type.as_str() {
        "OrderPlaced" | "OrderCanceled" => event.read::<Order>()?.id,
        _ => event.read::<AboutOrder>()?.order_id,
    };
    Ok(Some((order_id, news)))
}

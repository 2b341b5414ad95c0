//! Policy: an order sets books aside, and its cancellation puts them back.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;

use super::Settings;
use super::domain::deliverable::Demand;
use super::outbound::store;

pub(super) fn handle(
    tx: &mut Tx<'_>,
    event: &Envelope,
    settings: Settings,
) -> Result<Handled, PolicyError> {
    let Settings { compensation, conditional_update } = settings;
    let cause = Cause::event(event);
    match event.event_type.as_str() {
        "Ordered" => store::demand(tx, event.read::<Demand>()?, conditional_update, &cause)?,
        "OrderCanceled" => store::cancel(tx, &event.read::<Demand>()?, compensation, &cause)?,
        _ => return Ok(Handled::Ignored),
    }
    Ok(Handled::Applied)
}

//! Policy: a payment starts a delivery, and a refund cancels it.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;

use super::domain::Parcel;
use super::outbound::store;

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    let cause = Cause::event(event);
    match event.event_type.as_str() {
        "PaymentApproved" => store::start(tx, event.read::<Parcel>()?, &cause)?,
        "PaymentCanceled" => store::cancel(tx, event.read::<Parcel>()?, &cause)?,
        _ => return Ok(Handled::Ignored),
    }
    Ok(Handled::Applied)
}

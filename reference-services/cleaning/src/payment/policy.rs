//! Policy: the cancellation of a reservation refunds its payment.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::outbound::store;

#[derive(Deserialize)]
struct ReservationEvent {
    id: i64,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    if event.event_type != "CleaningRequestCanceled" {
        return Ok(Handled::Ignored);
    }
    let reservation: ReservationEvent = event.read()?;
    store::refund_reservation(tx, reservation.id, &Cause::event(event))?;
    Ok(Handled::Applied)
}

//! Deliveries in their store. State and events change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::delivery::domain::{Delivery, Parcel, Status};
use crate::delivery::events;

impl Document for Delivery {
    const COLLECTION: &'static str = "deliveries";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.parcel.order_id.to_string())
    }
}

/// Starts to deliver a paid order, unless its refund arrived first.
pub fn start(tx: &mut Tx<'_>, parcel: Parcel, cause: &Cause) -> Result<(), StoreError> {
    let known = of_order(tx, parcel.order_id)?;
    // A canceled row without a start is a refund that overtook its payment.
    if known.iter().any(|delivery| delivery.order_status == Status::DeliveryCanceled) {
        return Ok(());
    }
    let delivery = Delivery::started(tx.next_id::<Delivery>()?, parcel);
    save(tx, &delivery, cause)
}

/// Cancels the delivery of an order. If the payment has not arrived yet, a canceled row is stored,
/// so that the delivery does not start when it does.
pub fn cancel(tx: &mut Tx<'_>, parcel: Parcel, cause: &Cause) -> Result<(), StoreError> {
    let known = of_order(tx, parcel.order_id)?;
    if known.is_empty() {
        // Remembered as a row of its own: the payment's event is still to come, and would start a
        // delivery that nobody pays.
        let never = Delivery::never(tx.next_id::<Delivery>()?, parcel);
        return save(tx, &never, cause);
    }
    for delivery in known.into_iter().filter_map(Delivery::canceled) {
        save(tx, &delivery, cause)?;
    }
    Ok(())
}

/// Finds the deliveries of an order: one, unless its payment was applied twice with the inbox off.
fn of_order(tx: &Tx<'_>, order_id: i64) -> Result<Vec<Delivery>, StoreError> {
    tx.find::<Delivery>(&order_id.to_string())
}

fn save(tx: &mut Tx<'_>, delivery: &Delivery, cause: &Cause) -> Result<(), StoreError> {
    tx.put(delivery)?;
    tx.publish(match delivery.order_status {
        Status::DeliveryStarted => events::delivery_started(delivery, cause)?,
        Status::DeliveryCanceled => events::delivery_canceled(delivery, cause)?,
    })
}

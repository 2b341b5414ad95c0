//! Deliveries in their store. State and events change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::DeliveryType;
use crate::rider::domain::{Command, Delivery, Rejection, Status, decide};
use crate::rider::events;

impl Document for Delivery {
    const COLLECTION: &'static str = "deliveries";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.order_id.to_string())
    }
}

/// What is to be delivered, and how.
#[derive(Clone, Copy, Debug)]
pub struct Errand {
    pub order_id: i64,
    pub delivery_type: DeliveryType,
}

/// Why a transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("there is no such delivery")]
    NoSuchDelivery,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stores the delivery of a placed order. Its cooked or canceled event may have arrived first.
pub fn wait_for(tx: &mut Tx<'_>, errand: Errand) -> Result<(), StoreError> {
    let known = tx.find::<Delivery>(&errand.order_id.to_string())?;
    // One that came twice, with the inbox off, is delivered twice.
    if known.iter().all(|delivery| delivery.status == Status::Waiting) {
        add(tx, errand)?;
    }
    Ok(())
}

/// Applies a cooked or canceled event, even if the order's own event has not arrived yet.
pub fn follow(
    tx: &mut Tx<'_>,
    errand: Errand,
    command: Command,
    cause: &Cause,
) -> Result<(), StoreError> {
    let mut known = tx.find::<Delivery>(&errand.order_id.to_string())?;
    if known.is_empty() {
        // Store's event may overtake app's own; it says enough to make the delivery.
        known.push(add(tx, errand)?);
    }
    for delivery in known {
        match change(tx, delivery.id, command, cause) {
            // A command that comes too late is no fault of the event, and a dead letter
            // would help nobody.
            Ok(_) | Err(Refusal::Rejected(_) | Refusal::NoSuchDelivery) => {}
            Err(Refusal::Store(error)) => return Err(error),
        }
    }
    Ok(())
}

fn add(tx: &mut Tx<'_>, errand: Errand) -> Result<Delivery, StoreError> {
    let delivery =
        Delivery::waiting(tx.next_id::<Delivery>()?, errand.order_id, errand.delivery_type);
    tx.put(&delivery)?;
    Ok(delivery)
}

/// Applies a command to a delivery; gives the delivery after it.
pub fn change(
    tx: &mut Tx<'_>,
    id: i64,
    command: Command,
    cause: &Cause,
) -> Result<Delivery, Refusal> {
    let delivery = tx.get::<Delivery>(id)?.ok_or(Refusal::NoSuchDelivery)?;
    let Some(status) = decide(&delivery, command)? else {
        return Ok(delivery);
    };
    let delivery = delivery.at(status);
    tx.put(&delivery)?;
    if let Some(event) = events::after_command(command, &delivery, cause)? {
        tx.publish(event)?;
    }
    Ok(delivery)
}

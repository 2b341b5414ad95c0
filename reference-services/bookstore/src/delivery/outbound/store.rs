//! Deliveries in their store. State and events change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::delivery::domain::{Command, Delivery, Rejection, decide};
use crate::delivery::events;

impl Document for Delivery {
    const COLLECTION: &'static str = "deliveries";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.order_id.to_string())
    }
}

/// What arrived about an order before the order itself.
#[derive(Default, Serialize, Deserialize)]
struct Early {
    order_id: i64,
    prepared: bool,
    canceled: bool,
}

impl Document for Early {
    const COLLECTION: &'static str = "early";

    fn id(&self) -> i64 {
        self.order_id
    }
}

/// Why a transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Creates an order's delivery, and applies the events that arrived before the order.
pub fn create(
    tx: &mut Tx<'_>,
    order_id: i64,
    delivery_address: String,
    cause: &Cause,
) -> Result<(), Refusal> {
    let early = tx.get::<Early>(order_id)?.unwrap_or_default();
    let delivery = Delivery::new(tx.next_id::<Delivery>()?, order_id, delivery_address);
    tx.put(&delivery)?;
    // Cancellation wins over preparation: both may have arrived before the order.
    if early.canceled {
        change(tx, delivery.id, Command::Cancel, cause)?;
    } else if early.prepared {
        change(tx, delivery.id, Command::Start, cause)?;
    }
    Ok(())
}

/// Applies a command to a delivery; gives the delivery after it.
pub fn change(
    tx: &mut Tx<'_>,
    id: i64,
    command: Command,
    cause: &Cause,
) -> Result<Delivery, Refusal> {
    let delivery = tx.get::<Delivery>(id)?.ok_or(Rejection::Unknown)?;
    let Some(event) = decide(&delivery, command)? else {
        return Ok(delivery);
    };
    let delivery = delivery.after(event);
    tx.put(&delivery)?;
    tx.publish(events::delivery_status_changed(&delivery, cause)?)?;
    Ok(delivery)
}

/// Starts or cancels an order's delivery. If the order has not arrived yet, the command is stored
/// until it does.
pub fn change_of_order(
    tx: &mut Tx<'_>,
    order_id: i64,
    command: &Command,
    cause: &Cause,
) -> Result<(), Refusal> {
    let known = tx.find::<Delivery>(&order_id.to_string())?;
    if known.is_empty() {
        let mut early =
            tx.get::<Early>(order_id)?.unwrap_or(Early { order_id, ..Early::default() });
        // Both are kept: which of the two came first says nothing about their order.
        early.prepared |= *command == Command::Start;
        early.canceled |= *command == Command::Cancel;
        tx.put(&early)?;
    }
    for delivery in known {
        change(tx, delivery.id, command.clone(), cause)?;
    }
    Ok(())
}

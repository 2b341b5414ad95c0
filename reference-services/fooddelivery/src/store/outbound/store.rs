//! Orders where the store keeps them. State and events change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::DeliveryType;
use crate::store::domain::{Command, Rejection, Status, StoreOrder, decide};
use crate::store::events;

impl Document for StoreOrder {
    const COLLECTION: &'static str = "storeOrders";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.order_id.to_string())
    }
}

/// Why a transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("there is no such order in the store")]
    NoSuchOrder,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stores an order that has arrived, unless its cancellation arrived first.
pub fn receive(
    tx: &mut Tx<'_>,
    order_id: i64,
    delivery_type: DeliveryType,
) -> Result<(), StoreError> {
    let known = tx.find::<StoreOrder>(&order_id.to_string())?;
    // A canceled row is a cancellation that overtook the order.
    if known.iter().all(|order| order.status != Status::Canceled) {
        let order = StoreOrder::received(tx.next_id::<StoreOrder>()?, order_id, delivery_type);
        tx.put(&order)?;
    }
    Ok(())
}

/// Cancels an order. If it has not arrived yet, a canceled row is stored, so that it is not cooked
/// when it does.
pub fn cancel(
    tx: &mut Tx<'_>,
    order_id: i64,
    delivery_type: DeliveryType,
    cause: &Cause,
) -> Result<(), StoreError> {
    let known = tx.find::<StoreOrder>(&order_id.to_string())?;
    if known.is_empty() {
        let order = StoreOrder::received(tx.next_id::<StoreOrder>()?, order_id, delivery_type);
        tx.put(&order.at(Status::Canceled))?;
    }
    for order in known {
        match change(tx, order.id, Command::Cancel, cause) {
            // An order that is being cooked cannot be canceled any more; app has refused that
            // already where it could.
            Ok(_) | Err(Refusal::Rejected(_) | Refusal::NoSuchOrder) => {}
            Err(Refusal::Store(error)) => return Err(error),
        }
    }
    Ok(())
}

/// Applies a command to an order; gives the order after it.
pub fn change(
    tx: &mut Tx<'_>,
    id: i64,
    command: Command,
    cause: &Cause,
) -> Result<StoreOrder, Refusal> {
    let order = tx.get::<StoreOrder>(id)?.ok_or(Refusal::NoSuchOrder)?;
    let Some(status) = decide(order.status, command)? else {
        return Ok(order);
    };
    let order = order.at(status);
    tx.put(&order)?;
    if let Some(event) = events::after_command(command, &order, cause)? {
        tx.publish(event)?;
    }
    Ok(order)
}

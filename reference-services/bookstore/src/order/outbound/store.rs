//! Orders in the store. State and events change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::order::domain::{Command, Event, Order, Placement, Reason, Rejection, decide};
use crate::order::events;

impl Document for Order {
    const COLLECTION: &'static str = "orders";

    fn id(&self) -> i64 {
        self.order_id
    }
}

/// An order that its customer has canceled. REST does not show it any more, but events about it
/// may still arrive.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Withdrawn(Order);

impl Document for Withdrawn {
    const COLLECTION: &'static str = "withdrawn";

    fn id(&self) -> i64 {
        self.0.order_id
    }
}

/// Why a transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("this Idempotency-Key was used for another order")]
    KeyReused,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The order that was placed with this key before.
pub fn known(tx: &Tx<'_>, placement: &Placement, key: &str) -> Result<Option<Order>, Refusal> {
    let Some(id) = tx.answer::<i64>(&answer_key(key))? else {
        return Ok(None);
    };
    let order = tx.get::<Order>(id)?.ok_or(Rejection::NoSuchOrder)?;
    if order.placement == *placement { Ok(Some(order)) } else { Err(Refusal::KeyReused) }
}

/// Places an order; with a key that was used before, gives the order of then.
pub fn place(
    tx: &mut Tx<'_>,
    placement: Placement,
    key: Option<&str>,
    cause: &Cause,
) -> Result<Order, Refusal> {
    // Asked again within the transaction: two requests with one key may have passed the
    // first look together.
    if let Some(order) = key.map(|key| known(tx, &placement, key)).transpose()?.flatten() {
        return Ok(order);
    }
    decide(None, Command::Place(placement.clone()))?;
    let order = Order::placed(tx.next_id::<Order>()?, placement);
    if let Some(key) = key {
        tx.remember(&answer_key(key), &order.order_id)?;
    }
    tx.put(&order)?;
    tx.publish(events::ordered(&order, cause)?)?;
    Ok(order)
}

/// Applies a command to an order, if it is still possible.
pub fn change(tx: &mut Tx<'_>, id: i64, command: Command, cause: &Cause) -> Result<(), Refusal> {
    let order = tx.get::<Order>(id)?.ok_or(Rejection::NoSuchOrder)?;
    let Some(event) = decide(Some(&order), command)? else {
        return Ok(());
    };
    let order = order.after(&event);
    if event == Event::OrderCanceled(Reason::Customer) {
        tx.remove::<Order>(id)?;
        // Kept aside: bookInventory's and coupon's events about it may still arrive, and must not
        // become dead letters.
        tx.put(&Withdrawn(order.clone()))?;
    } else {
        tx.put(&order)?;
    }
    if let Event::OrderCanceled(_) = event {
        tx.publish(events::order_canceled(&order, cause)?)?;
    }
    Ok(())
}

/// Whether an order was canceled by its customer.
pub fn is_withdrawn(tx: &Tx<'_>, id: i64) -> Result<bool, StoreError> {
    Ok(tx.get::<Withdrawn>(id)?.is_some())
}

fn answer_key(key: &str) -> String {
    format!("orders/{key}")
}

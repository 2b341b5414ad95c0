//! Orders in the store. State and events change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::order::domain::{Command, Event, Order, Placement, Rejection, decide};
use crate::order::events;

impl Document for Order {
    const COLLECTION: &'static str = "orders";

    fn id(&self) -> i64 {
        self.id
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

/// Places an order; with a key that was used before, gives the order of then.
pub fn place(
    tx: &mut Tx<'_>,
    placement: Placement,
    key: Option<&str>,
    cause: &Cause,
) -> Result<Order, Refusal> {
    let key = key.map(|key| format!("orders/{key}"));
    if let Some(id) = key.as_deref().map(|key| tx.answer::<i64>(key)).transpose()?.flatten() {
        let order = tx.get::<Order>(id)?.ok_or(Rejection::NoSuchOrder)?;
        // Not the product's id: it is set when the order is finished, while the client's request
        // stays as it was.
        let same = order.product_name == placement.product_name && order.qty == placement.qty;
        return if same { Ok(order) } else { Err(Refusal::KeyReused) };
    }
    decide(None, Command::Place(placement.clone()))?;
    let order = Order::placed(tx.next_id::<Order>()?, placement);
    if let Some(key) = key {
        tx.remember(&key, &order.id)?;
    }
    tx.put(&order)?;
    tx.publish(events::ordered(&order, cause)?)?;
    Ok(order)
}

/// Applies a command to an order; gives the order after it.
pub fn change(tx: &mut Tx<'_>, id: i64, command: Command, cause: &Cause) -> Result<Order, Refusal> {
    let order = tx.get::<Order>(id)?.ok_or(Rejection::NoSuchOrder)?;
    let Some(event) = decide(Some(&order), command)? else {
        return Ok(order);
    };
    let order = order.after(&event);
    tx.put(&order)?;
    if event == Event::OrderCanceled {
        tx.publish(events::order_canceled(&order, cause)?)?;
    }
    Ok(order)
}

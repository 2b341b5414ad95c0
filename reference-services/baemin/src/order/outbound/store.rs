//! Orders in their store, and attempts to pay for one. State and events change in one transaction.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::{Document, StoreError, Tx};

use super::attempt::Attempt;
use crate::order::domain::{Command, Event, Order, Placement, Rejection, decide};
use crate::order::inbound::rest::OrderResource;

impl Document for Order {
    const COLLECTION: &'static str = "orders";

    fn id(&self) -> i64 {
        self.id
    }
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("this Idempotency-Key was used for another order")]
    KeyReused,
    #[error("the order with this Idempotency-Key is being paid for; try again shortly")]
    InProgress,
    #[error("nothing was ordered: the payment took too long and is called off; try again shortly")]
    TooLate,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a placement has begun.
pub enum Begun {
    /// It is to be paid for.
    New(Attempt),
    /// The same was ordered before, under the same key.
    Known(Order),
}

/// Begins to place an order: its attempt stands from now on, the order does not.
pub fn begin(tx: &mut Tx<'_>, mut attempt: Attempt) -> Result<Begun, Refusal> {
    if let Some(key) = &attempt.client_key {
        if !tx.find::<Attempt>(key)?.is_empty() {
            return Err(Refusal::InProgress);
        }
        if let Some(id) = tx.answer::<i64>(&answer_key(key))? {
            let order = tx.get::<Order>(id)?.ok_or(Rejection::NoSuchOrder)?;
            return if same(&order.placement, &attempt.placement) {
                Ok(Begun::Known(order))
            } else {
                Err(Refusal::KeyReused)
            };
        }
    }
    attempt.id = tx.reserve_id::<Order>()?;
    tx.put(&attempt)?;
    Ok(Begun::New(attempt))
}

/// It is paid: the order stands.
pub fn place(tx: &mut Tx<'_>, id: i64) -> Result<Order, Refusal> {
    let attempt = tx.get::<Attempt>(id)?.ok_or(Refusal::TooLate)?;
    tx.remove::<Attempt>(id)?;
    if let Some(key) = &attempt.client_key {
        tx.remember(&answer_key(key), &id)?;
    }
    let order = Order::placed(id, attempt.placement);
    publish(tx, "Ordered", &order, &attempt.cause)?;
    // Delivery hears of the payment from payment, and may be faster.
    let moved = attempt.delivery.and_then(|step| decide(&order, Command::Deliver(step)));
    let order = moved.map_or(order.clone(), |event| order.after(event));
    tx.put(&order)?;
    Ok(order)
}

/// Payment has heard nothing, or has refused: nothing has happened, and the id is free again.
pub fn forget(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    if tx.get::<Attempt>(id)?.is_some() {
        tx.remove::<Attempt>(id)?;
        tx.release_id::<Order>(id);
    }
    Ok(())
}

/// Nobody knows whether it is paid: the order does not stand, and the payment is called off, be it
/// there or still to come.
pub fn abandon(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    let Some(attempt) = tx.get::<Attempt>(id)? else {
        return Ok(());
    };
    tx.remove::<Attempt>(id)?;
    let order = Order { version: 0, ..Order::placed(id, attempt.placement) };
    publish(tx, "OrderCanceled", &order.after(Event::OrderCanceled), &attempt.cause)
}

/// Calls an order off: it does not stand any more.
pub fn cancel(tx: &mut Tx<'_>, id: i64, cause: &Cause) -> Result<(), Refusal> {
    let order = tx.get::<Order>(id)?.ok_or(Rejection::NoSuchOrder)?;
    if let Some(event) = decide(&order, Command::Cancel) {
        tx.remove::<Order>(id)?;
        publish(tx, "OrderCanceled", &order.after(event), cause)?;
    }
    Ok(())
}

/// Notes how far delivery is. What does not stand any more needs no note.
pub fn deliver(tx: &mut Tx<'_>, id: i64, command: Command) -> Result<(), StoreError> {
    if let Some(order) = tx.get::<Order>(id)? {
        if let Some(event) = decide(&order, command) {
            tx.put(&order.after(event))?;
        }
    } else if let (Some(attempt), Command::Deliver(step)) = (tx.get::<Attempt>(id)?, command) {
        tx.put(&Attempt { delivery: Some(step), ..attempt })?;
    }
    Ok(())
}

fn same(one: &Placement, other: &Placement) -> bool {
    Placement { order_date: String::new(), ..one.clone() }
        == Placement { order_date: String::new(), ..other.clone() }
}

fn answer_key(key: &str) -> String {
    format!("orders/{key}")
}

fn publish(
    tx: &mut Tx<'_>,
    event_type: &'static str,
    order: &Order,
    cause: &Cause,
) -> Result<(), StoreError> {
    let subject = Subject { event_type, aggregate_id: order.id, version: order.version };
    tx.publish(Envelope::new(subject, cause, &OrderResource::from(order))?)
}

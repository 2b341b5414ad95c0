//! Orders in their store, and attempts to pay for one. State and events change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::reserve_confirm::Attempt;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::order::domain::{Command, Delivery, Event, Order, Rejection, decide};
use crate::order::events;
use crate::order::open_order::OpenOrder;

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
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stores the order that has been paid for.
pub fn place(tx: &mut Tx<'_>, attempt: Attempt<OpenOrder>) -> Result<Order, StoreError> {
    let OpenOrder { placement, delivery } = attempt.request;
    let order = Order::placed(attempt.id, placement);
    tx.publish(events::ordered(&order, &attempt.cause)?)?;
    // Delivery learns of the payment from payment's event, and may have started before payment's
    // answer arrived here.
    let moved = delivery.and_then(|step| decide(&order, Command::Deliver(step)));
    let order = moved.map_or(order.clone(), |event| order.after(event));
    tx.put(&order)?;
    Ok(order)
}

/// Undoes a payment that may or may not have happened: the event is that of an order's
/// cancellation, which payment also keeps for a request that is still to come.
pub fn cancel_attempt(tx: &mut Tx<'_>, attempt: Attempt<OpenOrder>) -> Result<(), StoreError> {
    // There was no version 1, so that the cancellation is the first event of this order.
    let order = Order { version: 0, ..Order::placed(attempt.id, attempt.request.placement) };
    let canceled = order.after(Event::OrderCanceled);
    tx.publish(events::order_canceled(&canceled, &attempt.cause)?)
}

/// Cancels an order and deletes it.
pub fn cancel(tx: &mut Tx<'_>, id: i64, cause: &Cause) -> Result<(), Refusal> {
    let order = tx.get::<Order>(id)?.ok_or(Rejection::NoSuchOrder)?;
    if let Some(event) = decide(&order, Command::Cancel) {
        // Deleted rather than kept with a status: the API has no canceled orders, GET
        // is 404 afterwards.
        tx.remove::<Order>(id)?;
        tx.publish(events::order_canceled(&order.after(event), cause)?)?;
    }
    Ok(())
}

/// Stores delivery's progress in the order or its attempt. For an order that was deleted
/// it does nothing.
pub fn deliver(tx: &mut Tx<'_>, id: i64, step: Delivery) -> Result<(), StoreError> {
    if let Some(order) = tx.get::<Order>(id)? {
        if let Some(event) = decide(&order, Command::Deliver(step)) {
            tx.put(&order.after(event))?;
        }
    } else if let Some(mut attempt) = tx.get::<Attempt<OpenOrder>>(id)? {
        // Without this note, a delivery that is faster than payment's answer would be forgotten,
        // and the order would stay Ordered.
        attempt.request.delivery = Some(step);
        tx.put(&attempt)?;
    }
    Ok(())
}

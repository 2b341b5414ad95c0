//! Orders and reviews in their store. State and events change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::reserve_confirm::Attempt;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::app::domain::{Command, Event, Opinion, Order, Placement, Rejection, Review, decide};
use crate::app::events;

impl Document for Order {
    const COLLECTION: &'static str = "orders";

    fn id(&self) -> i64 {
        self.id
    }
}

impl Document for Review {
    const COLLECTION: &'static str = "reviews";

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
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stores the order that has been paid for.
pub fn place(tx: &mut Tx<'_>, attempt: Attempt<Placement>) -> Result<Order, StoreError> {
    let order = Order::placed(attempt.id, attempt.request);
    tx.put(&order)?;
    tx.publish(events::order_placed(&order, &attempt.cause)?)?;
    Ok(order)
}

/// Undoes a payment that may or may not have happened: pay gives the money back, or refuses the
/// payment when it comes later.
pub fn cancel_attempt(tx: &mut Tx<'_>, attempt: &Attempt<Placement>) -> Result<(), StoreError> {
    let Attempt { id, request, cause, .. } = attempt;
    tx.publish(events::order_not_placed(*id, request.price, cause)?)
}

/// Applies a command to an order; gives the order after it.
pub fn change(tx: &mut Tx<'_>, id: i64, command: Command, cause: &Cause) -> Result<Order, Refusal> {
    let order = tx.get::<Order>(id)?.ok_or(Rejection::NoSuchOrder)?;
    let Some(event) = decide(&order, command)? else {
        return Ok(order);
    };
    let order = order.after(event);
    tx.put(&order)?;
    // The other changes follow from events of store and rider, which everyone has read already.
    if event == Event::OrderCanceled {
        tx.publish(events::order_canceled(&order, cause)?)?;
    }
    Ok(order)
}

/// Writes a review of an order.
pub fn review(tx: &mut Tx<'_>, opinion: Opinion, cause: &Cause) -> Result<Review, Refusal> {
    let order = tx.get::<Order>(opinion.order_id)?.ok_or(Rejection::NoSuchOrder)?;
    let before = tx.find::<Review>(&order.id.to_string())?;
    let review = Review::write(tx.next_id::<Review>()?, opinion, &order, before.first())?;
    tx.put(&review)?;
    tx.publish(events::review_written(&review, cause)?)?;
    Ok(review)
}

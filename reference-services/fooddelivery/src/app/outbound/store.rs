//! Orders and reviews in their store. State and events change in one transaction.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::domain::{Command, Event, Opinion, Order, Placement, Rejection, Review, decide};
use crate::app::inbound::rest::{OrderResource, ReviewResource};

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

/// What is wanted but not paid for yet: no order, and nobody sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// The id of the order that it may become.
    pub id: i64,
    /// What is wanted.
    pub placement: Placement,
    /// What the order follows from.
    pub cause: Cause,
}

impl Document for Pending {
    const COLLECTION: &'static str = "pendings";

    fn id(&self) -> i64 {
        self.id
    }
}

/// How an order begins.
#[derive(Clone, Debug)]
pub enum Begun {
    /// It was placed before, with the same key.
    Before(Order),
    /// It is to be paid for.
    Pending(Pending),
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("this Idempotency-Key was used for another order")]
    KeyReused,
    #[error("nothing was ordered, as it took too long; try again shortly")]
    GivenUp,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes down what is wanted. With a key that was used before, it is that order again, or what is
/// still open of it; one that was given up begins anew.
pub fn begin(
    tx: &mut Tx<'_>,
    placement: Placement,
    key: Option<&str>,
    cause: &Cause,
) -> Result<Begun, Refusal> {
    let key = key.map(|key| format!("orders/{key}"));
    if let Some(id) = key.as_deref().map(|key| tx.answer::<i64>(key)).transpose()?.flatten() {
        let same = |before: &Placement| {
            if *before == placement { Ok(()) } else { Err(Refusal::KeyReused) }
        };
        if let Some(order) = tx.get::<Order>(id)? {
            return same(&order.placement).map(|()| Begun::Before(order));
        }
        if let Some(pending) = tx.get::<Pending>(id)? {
            return same(&pending.placement).map(|()| Begun::Pending(pending));
        }
    }
    placement.check()?;
    let pending = Pending { id: tx.next_id::<Order>()?, placement, cause: cause.clone() };
    if let Some(key) = key {
        tx.remember(&key, &pending.id)?;
    }
    tx.put(&pending)?;
    Ok(Begun::Pending(pending))
}

/// What was pending is paid for: it is an order.
pub fn stand(tx: &mut Tx<'_>, id: i64) -> Result<Order, Refusal> {
    if let Some(order) = tx.get::<Order>(id)? {
        return Ok(order);
    }
    // Pay was told when it was given up, and gives the money back.
    let Pending { placement, cause, .. } = tx.get::<Pending>(id)?.ok_or(Refusal::GivenUp)?;
    tx.remove::<Pending>(id)?;
    let order = Order::placed(id, placement);
    save(tx, &order, Some("OrderPlaced"), &cause)?;
    Ok(order)
}

/// Nobody knows whether it is paid for: it is no order, and pay is told so. Gives the order if it
/// is one by now.
pub fn give_up(tx: &mut Tx<'_>, id: i64) -> Result<Option<Order>, Refusal> {
    if let Some(Pending { placement, cause, .. }) = tx.get::<Pending>(id)? {
        tx.remove::<Pending>(id)?;
        let subject = Subject { event_type: "OrderNotPlaced", aggregate_id: id, version: 1 };
        let body = json!({ "id": id, "price": placement.price });
        tx.publish(Envelope::new(subject, &cause, &body).map_err(StoreError::from)?)?;
    }
    Ok(tx.get::<Order>(id)?)
}

/// Changes an order as a command wants it; gives the order after it.
pub fn change(tx: &mut Tx<'_>, id: i64, command: Command, cause: &Cause) -> Result<Order, Refusal> {
    let order = tx.get::<Order>(id)?.ok_or(Rejection::NoSuchOrder)?;
    let Some(event) = decide(&order, command)? else {
        return Ok(order);
    };
    let order = order.after(event);
    let published = match event {
        Event::OrderCanceled => Some("OrderCanceled"),
        Event::Advanced(_) => None,
    };
    save(tx, &order, published, cause)?;
    Ok(order)
}

fn save(
    tx: &mut Tx<'_>,
    order: &Order,
    event_type: Option<&'static str>,
    cause: &Cause,
) -> Result<(), StoreError> {
    tx.put(order)?;
    if let Some(event_type) = event_type {
        let subject = Subject { event_type, aggregate_id: order.id, version: order.version };
        tx.publish(Envelope::new(subject, cause, &OrderResource::from(order))?)?;
    }
    Ok(())
}

/// Writes a review of an order.
pub fn review(tx: &mut Tx<'_>, opinion: Opinion, cause: &Cause) -> Result<Review, Refusal> {
    let order = tx.get::<Order>(opinion.order_id)?.ok_or(Rejection::NoSuchOrder)?;
    let before = tx.find::<Review>(&order.id.to_string())?;
    let review = Review::write(tx.next_id::<Review>()?, opinion, &order, before.first())?;
    tx.put(&review)?;
    let subject = Subject { event_type: "ReviewWritten", aggregate_id: review.id, version: 1 };
    let body = ReviewResource::from(&review);
    tx.publish(Envelope::new(subject, cause, &body).map_err(StoreError::from)?)?;
    Ok(review)
}

//! Sets books aside, and keeps the queue of those that wait for stock.

use brunt_kit::config::Guard;
use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::book_inventory::domain::book::{self, Book, Rejection};
use crate::book_inventory::domain::deliverable::{Command, Deliverable, Demand, decide};
use crate::book_inventory::events;

/// A deliverable that waits for stock: found by its book, in the order of arrival.
#[derive(Serialize, Deserialize)]
pub struct Waiting {
    pub deliverable_id: i64,
    pub book_id: i64,
}

impl Document for Waiting {
    const COLLECTION: &'static str = "waiting";

    fn id(&self) -> i64 {
        self.deliverable_id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.book_id.to_string())
    }
}

/// Sets books aside for the deliverables that wait for them, oldest first. One that needs more than
/// there are does not block those behind it.
pub fn prepare_waiting(tx: &mut Tx<'_>, book_id: i64, cause: &Cause) -> Result<(), StoreError> {
    for Waiting { deliverable_id, .. } in tx.find::<Waiting>(&book_id.to_string())? {
        // The look at the book ends the walk early: with nothing left, the rest of the queue need
        // not be read.
        if tx.get::<Book>(book_id)?.is_none_or(|book| book.stock == 0) {
            break;
        }
        let Some(deliverable) = tx.get::<Deliverable>(deliverable_id)? else {
            continue;
        };
        if prepare(tx, deliverable, Guard::On, cause)? {
            tx.remove::<Waiting>(deliverable_id)?;
        }
    }
    Ok(())
}

/// Takes a deliverable's books from stock if there are enough. Without the condition it takes what
/// is left, and the order counts as prepared.
pub fn prepare(
    tx: &mut Tx<'_>,
    deliverable: Deliverable,
    conditional: Guard,
    cause: &Cause,
) -> Result<bool, StoreError> {
    let Demand { book_id, quantity, .. } = deliverable.demand;
    let book = tx.get::<Book>(book_id)?;
    let taken = match book::decide(book.as_ref(), book::Command::Take(quantity)) {
        // The planted defect: more is promised than there is.
        Err(Rejection::Lacking) if conditional == Guard::Off => {
            book::decide(book.as_ref(), book::Command::Change { book_name: None, stock: Some(0) })
        }
        taken => taken,
    };
    let Ok(taken) = taken else {
        return Ok(false);
    };
    let Some(event) = decide(&deliverable, Command::Prepare) else {
        return Ok(true);
    };
    tx.put(&Book::after(book_id, taken))?;
    let deliverable = deliverable.after(event);
    tx.put(&deliverable)?;
    tx.publish(events::delivery_prepared(&deliverable, cause)?)?;
    Ok(true)
}

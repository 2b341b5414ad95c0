//! What is set aside for orders, and what waits for stock.

use brunt_kit::config::Guard;
use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::books::change as change_book;
use crate::book_inventory::domain::book::{self, Book, Rejection};
use crate::book_inventory::domain::deliverable::{
    Command, Deliverable, Demand, Event, Status, decide,
};
use crate::book_inventory::events;

impl Document for Deliverable {
    const COLLECTION: &'static str = "deliverables";

    fn id(&self) -> i64 {
        self.deliverable_id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.demand.order_id.to_string())
    }
}

/// A deliverable that waits for stock: found by its book, in the order of arrival.
#[derive(Serialize, Deserialize)]
struct Waiting {
    deliverable_id: i64,
    book_id: i64,
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

/// Stores an order's demand, and sets its books aside at once if there are enough. An order whose
/// cancellation arrived first gets none.
pub fn demand(
    tx: &mut Tx<'_>,
    demand: Demand,
    conditional: Guard,
    cause: &Cause,
) -> Result<(), StoreError> {
    // The cancellation has left a row when it came first.
    let overtaken =
        of_order(tx, demand.order_id)?.iter().any(|known| known.status == Status::OrderCanceled);
    if overtaken {
        return Ok(());
    }
    let deliverable = Deliverable::new(tx.next_id::<Deliverable>()?, demand);
    tx.put(&deliverable)?;
    let Deliverable { deliverable_id, demand: Demand { book_id, .. }, .. } = deliverable;
    if !prepare(tx, deliverable, conditional, cause)? {
        tx.put(&Waiting { deliverable_id, book_id })?;
    }
    Ok(())
}

/// Cancels an order's demand; books that were set aside go back to stock, where another demand may
/// wait for them.
pub fn cancel(
    tx: &mut Tx<'_>,
    demand: &Demand,
    compensation: Guard,
    cause: &Cause,
) -> Result<(), StoreError> {
    let known = of_order(tx, demand.order_id)?;
    if known.is_empty() {
        let deliverable = Deliverable::new(tx.next_id::<Deliverable>()?, demand.clone());
        return tx.put(&deliverable.after(Event::Canceled { returned: 0 }));
    }
    for deliverable in known {
        let Some(event) = decide(&deliverable, Command::Cancel) else {
            continue;
        };
        tx.remove::<Waiting>(deliverable.deliverable_id)?;
        tx.put(&deliverable.after(event))?;
        // Only what was really set aside goes back: one that waited has taken nothing.
        if let Event::Canceled { returned: returned @ 1.. } = event
            && compensation == Guard::On
        {
            put_back(tx, demand.book_id, returned, cause)?;
        }
    }
    Ok(())
}

fn put_back(tx: &mut Tx<'_>, book_id: i64, returned: i64, cause: &Cause) -> Result<(), StoreError> {
    match change_book(tx, book_id, book::Command::Add(returned), cause) {
        Ok(_) => Ok(()),
        Err(Refusal::Store(error)) => Err(error),
        Err(refusal) => {
            tracing::error!(book_id, returned, %refusal, "returned books could not be added to the stock");
            Ok(())
        }
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
fn prepare(
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

fn of_order(tx: &Tx<'_>, order_id: i64) -> Result<Vec<Deliverable>, StoreError> {
    tx.find::<Deliverable>(&order_id.to_string())
}

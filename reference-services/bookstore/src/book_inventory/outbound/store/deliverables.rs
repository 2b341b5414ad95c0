//! What is set aside for orders, and what waits for stock.

use brunt_kit::config::Guard;
use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};

use super::Refusal;
use super::books::change as change_book;
use super::waiting::{Waiting, prepare};
use crate::book_inventory::domain::book;
use crate::book_inventory::domain::deliverable::{
    Command, Deliverable, Demand, Event, Status, decide,
};

impl Document for Deliverable {
    const COLLECTION: &'static str = "deliverables";

    fn id(&self) -> i64 {
        self.deliverable_id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.demand.order_id.to_string())
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
            restock(tx, demand.book_id, returned, cause)?;
        }
    }
    Ok(())
}

fn restock(tx: &mut Tx<'_>, book_id: i64, returned: i64, cause: &Cause) -> Result<(), StoreError> {
    match change_book(tx, book_id, book::Command::Add(returned), cause) {
        Ok(_) => Ok(()),
        Err(Refusal::Store(error)) => Err(error),
        Err(refusal) => {
            tracing::error!(
                book_id,
                returned,
                %refusal,
                "returned books could not be added to the stock"
            );
            Ok(())
        }
    }
}

fn of_order(tx: &Tx<'_>, order_id: i64) -> Result<Vec<Deliverable>, StoreError> {
    tx.find::<Deliverable>(&order_id.to_string())
}

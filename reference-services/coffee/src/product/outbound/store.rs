//! Products in their store, and the jobs that are left. State and events change in one transaction.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::product::domain::{Command, Event, Product, Rejection, Status, decide};
use crate::product::events;

impl Document for Product {
    const COLLECTION: &'static str = "products";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.order_id.to_string())
    }
}

/// A product that is still to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    pub id: i64,
    /// When the making time ends, in milliseconds since 1970.
    pub due: i64,
    /// The cause of the product's events.
    pub cause: Cause,
}

impl Document for Job {
    const COLLECTION: &'static str = "jobs";

    fn id(&self) -> i64 {
        self.id
    }
}

/// The cancellation of an order, with what a canceled product row needs.
#[derive(Clone, Debug)]
pub struct Cancellation {
    pub order_id: i64,
    pub product_name: String,
    pub qty: i64,
}

/// Why a transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("there is no such product")]
    NoSuchProduct,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The products of an order: one, unless the order was applied twice with the inbox off.
pub fn of_order(tx: &Tx<'_>, order_id: i64) -> Result<Vec<Product>, StoreError> {
    tx.find::<Product>(&order_id.to_string())
}

/// Starts to make a product; gives the product and the cause of its events.
pub fn start(tx: &mut Tx<'_>, id: i64) -> Result<(Product, Cause), Refusal> {
    let cause = tx.get::<Job>(id)?.ok_or(Refusal::NoSuchProduct)?.cause;
    Ok((change(tx, id, Command::Start, &cause)?, cause))
}

/// Applies a command to a product; gives the product after it.
pub fn change(
    tx: &mut Tx<'_>,
    id: i64,
    command: Command,
    cause: &Cause,
) -> Result<Product, Refusal> {
    let product = tx.get::<Product>(id)?.ok_or(Refusal::NoSuchProduct)?;
    let Some(event) = decide(&product, command)? else {
        return Ok(product);
    };
    let product = product.after(event);
    tx.put(&product)?;
    // The job goes with the product's end, in one transaction: a kill leaves both or neither.
    if event != Event::Started {
        tx.remove::<Job>(id)?;
    }
    match event {
        Event::Started => {}
        Event::Produced(_) => tx.publish(events::produced(&product, cause)?)?,
        Event::ProductCanceled => tx.publish(events::product_canceled(&product, cause)?)?,
    }
    Ok(product)
}

/// Cancels the products of an order. If the order has not arrived yet, a canceled row is stored, so
/// that it is not made when it does.
pub fn cancel(tx: &mut Tx<'_>, order: &Cancellation, cause: &Cause) -> Result<Product, Refusal> {
    let mut canceled = None;
    for product in of_order(tx, order.order_id)? {
        canceled = Some(change(tx, product.id, Command::Cancel, cause)?);
    }
    match canceled {
        Some(product) => Ok(product),
        // The cancellation has overtaken the order, which would otherwise be made when it arrives.
        None => tombstone(tx, order, cause),
    }
}

fn tombstone(tx: &mut Tx<'_>, order: &Cancellation, cause: &Cause) -> Result<Product, Refusal> {
    let product = Product {
        id: tx.next_id::<Product>()?,
        order_id: order.order_id,
        product_name: order.product_name.clone(),
        qty: order.qty,
        status: Status::Canceled,
        version: 1,
    };
    tx.put(&product)?;
    tx.publish(events::product_canceled(&product, cause)?)?;
    Ok(product)
}

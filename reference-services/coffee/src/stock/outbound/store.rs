//! Stocks in their store. State, events and remembered answers change in one transaction.

use std::time::Duration;

use brunt_kit::event::Cause;
use brunt_kit::lifecycle::Stop;
use brunt_kit::store::{Document, Store, StoreError, Tx};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::stock::domain::{Command, Event, Rejection, Stock, Supply, decide};
use crate::stock::events;

impl Document for Stock {
    const COLLECTION: &'static str = "stocks";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.product_name.clone())
    }
}

/// Why a transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("this Idempotency-Key was used for another reduction")]
    KeyReused,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A reduction that was asked for with an idempotency key, and its answer.
#[derive(Serialize, Deserialize)]
struct Answer {
    product_name: String,
    qty: i64,
    taken: bool,
}

pub fn create(tx: &mut Tx<'_>, supply: Supply) -> Result<Stock, Refusal> {
    let known = by_name(tx, &supply.product_name)?;
    decide(known.as_ref(), Command::Create(supply.clone()))?;
    let stock = Stock::created(tx.next_id::<Stock>()?, supply);
    tx.put(&stock)?;
    Ok(stock)
}

pub fn set_qty(tx: &mut Tx<'_>, id: i64, qty: i64) -> Result<Stock, Refusal> {
    let stock = tx.get::<Stock>(id)?;
    let event = decide(stock.as_ref(), Command::SetQty(qty))?;
    let stock = stock.ok_or(Rejection::Unknown)?.after(&event);
    tx.put(&stock)?;
    Ok(stock)
}

/// Takes a quantity if there is enough; with a key that was used before, gives the answer of then
/// and takes nothing.
pub fn reduce(
    tx: &mut Tx<'_>,
    wanted: &Supply,
    key: Option<&str>,
    cause: &Cause,
) -> Result<bool, Refusal> {
    let key = key.map(|key| format!("reduce/{key}"));
    // The answer is stored whether or not there was enough: a repeated request must not succeed
    // where the first failed, as product has acted on that.
    if let Some(answer) = key.as_deref().map(|key| tx.answer::<Answer>(key)).transpose()?.flatten()
    {
        let same = answer.product_name == wanted.product_name && answer.qty == wanted.qty;
        return if same { Ok(answer.taken) } else { Err(Refusal::KeyReused) };
    }
    let taken = take(tx, wanted, cause)?;
    if let Some(key) = key {
        let Supply { product_name, qty } = wanted.clone();
        tx.remember(&key, &Answer { product_name, qty, taken })?;
    }
    Ok(taken)
}

fn take(tx: &mut Tx<'_>, wanted: &Supply, cause: &Cause) -> Result<bool, Refusal> {
    let stock = by_name(tx, &wanted.product_name)?;
    let event = match decide(stock.as_ref(), Command::Reduce(wanted.qty)) {
        Ok(event) => event,
        // Not enough is an answer, not a failure: product finishes the order as out of stock.
        Err(Rejection::Lacking | Rejection::Unknown) => return Ok(false),
        Err(rejection) => return Err(rejection.into()),
    };
    let Some(stock) = stock.map(|stock| stock.after(&event)) else {
        return Ok(false);
    };
    tx.put(&stock)?;
    if let Event::StockReduced(_) = event {
        tx.publish(events::stock_reduced(&stock, cause)?)?;
    }
    Ok(true)
}

fn by_name(tx: &Tx<'_>, name: &str) -> Result<Option<Stock>, StoreError> {
    Ok(tx.find::<Stock>(name)?.into_iter().find(|stock| stock.product_name == name))
}

/// Writes the initial stock into an empty store; repeats until it is written, or stopped.
pub async fn seed(store: Store, initial: Vec<Supply>, stop: Stop) {
    loop {
        let initial = initial.clone();
        match store.write(move |tx| fill(tx, initial)).await {
            Ok(()) => break stop.requested().await,
            Err(error) => {
                tracing::error!(%error, "the initial stock cannot be written; trying again");
            }
        }
        if timeout(Duration::from_secs(1), stop.requested()).await.is_ok() {
            break;
        }
    }
}

fn fill(tx: &mut Tx<'_>, initial: Vec<Supply>) -> Result<(), Refusal> {
    // Only a store that is empty: a restart must not undo what was sold.
    if tx.count::<Stock>()? == 0 {
        for supply in initial {
            create(tx, supply)?;
        }
    }
    Ok(())
}

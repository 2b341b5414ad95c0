//! Policy: an order is made after the making time.

use std::time::Duration;

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;
use serde::Deserialize;
use tokio::sync::mpsc::UnboundedSender;

use super::domain::{Product, Status};
use super::maker::now_millis;
use super::outbound::store::{self, Job};

/// Turns orders into jobs for the maker.
pub(super) struct Kitchen {
    pub(super) making_time: Duration,
    pub(super) jobs: UnboundedSender<Job>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderEvent {
    id: i64,
    product_name: String,
    qty: i64,
}

impl Kitchen {
    pub(super) fn handle(&self, tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
        if event.event_type != "Ordered" {
            return Ok(Handled::Ignored);
        }
        let ordered: OrderEvent = event.read()?;
        let overtaken = store::of_order(tx, ordered.id)?
            .iter()
            .any(|product| product.status == Status::Canceled);
        if overtaken {
            return Ok(Handled::Applied);
        }
        let product = Product {
            id: tx.next_id::<Product>()?,
            order_id: ordered.id,
            product_name: ordered.product_name,
            qty: ordered.qty,
            status: Status::Requested,
            version: 1,
        };
        let wait = i64::try_from(self.making_time.as_millis()).unwrap_or(i64::MAX);
        let job = Job {
            id: product.id,
            due: now_millis().saturating_add(wait),
            cause: Cause::event(event),
        };
        tx.put(&product)?;
        tx.put(&job)?;
        let jobs = self.jobs.clone();
        // If the maker has stopped, it finds the job in the store at the next start.
        tx.after_commit(move || drop(jobs.send(job)));
        Ok(Handled::Applied)
    }
}

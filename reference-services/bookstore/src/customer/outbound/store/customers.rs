use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::customer::domain::{Command, Customer, Event, Rejection, decide};
use crate::customer::events;

impl Document for Customer {
    const COLLECTION: &'static str = "customers";

    fn id(&self) -> i64 {
        self.customer_id
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

pub fn register(tx: &mut Tx<'_>, name: String, cause: &Cause) -> Result<Customer, Refusal> {
    decide(None, Command::Register(name.clone()))?;
    let customer = Customer::registered(tx.next_id::<Customer>()?, name.clone());
    tx.put(&customer)?;
    tx.publish(events::published(&Event::Registered(name), &customer, cause)?)?;
    Ok(customer)
}

/// Applies a command to a customer; gives the customer after it.
pub fn change(
    tx: &mut Tx<'_>,
    id: i64,
    command: Command,
    cause: &Cause,
) -> Result<Customer, Refusal> {
    let customer = tx.get::<Customer>(id)?.ok_or(Rejection::Unknown)?;
    let Some(event) = decide(Some(&customer), command)? else {
        return Ok(customer);
    };
    let customer = customer.after(&event);
    match event {
        Event::Deleted => tx.remove::<Customer>(id)?,
        Event::Registered(_) | Event::Changed(_) => tx.put(&customer)?,
    }
    tx.publish(events::published(&event, &customer, cause)?)?;
    Ok(customer)
}

//! Policy: product's events finish or cancel an order.

use brunt_kit::consumer::{Handled, PolicyError};
use brunt_kit::event::{Cause, Envelope};
use brunt_kit::store::Tx;
use serde::Deserialize;

use super::domain::{Command, Outcome, Rejection};
use super::outbound::store::{self, Refusal};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProductEvent {
    id: i64,
    order_id: i64,
    status: String,
}

pub(super) fn handle(tx: &mut Tx<'_>, event: &Envelope) -> Result<Handled, PolicyError> {
    // One topic for the whole system: every service sees all events, and passes over
    // those of others.
    if !["Produced", "ProductCanceled"].contains(&event.event_type.as_str()) {
        return Ok(Handled::Ignored);
    }
    let product: ProductEvent = event.read()?;
    match store::change(tx, product.order_id, command(&product)?, &Cause::event(event)) {
        // Its order may have been finished by an earlier product that was made after all.
        Ok(_) | Err(Refusal::Rejected(Rejection::TooLate(_))) => Ok(Handled::Applied),
        Err(Refusal::Rejected(rejection)) => Err(PolicyError::unusable(rejection)),
        Err(Refusal::KeyReused) => Err(PolicyError::unusable("an event carries no key")),
        Err(Refusal::Store(error)) => Err(error.into()),
    }
}

fn command(product: &ProductEvent) -> Result<Command, PolicyError> {
    let finish = |outcome| Command::Finish { product_id: product.id, outcome };
    match product.status.as_str() {
        "Completed" => Ok(finish(Outcome::Completed)),
        "Out of stock" => Ok(finish(Outcome::OutOfStock)),
        "Canceled" => Ok(Command::Cancel),
        other => Err(PolicyError::unusable(format!("a product cannot be {other:?}"))),
    }
}

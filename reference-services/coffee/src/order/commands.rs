//! The commands and queries that REST and gRPC share.

use brunt_kit::config::Guard;
use brunt_kit::event::Cause;
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::Problem;
use brunt_kit::store::{Store, View};

use super::domain::{Command, Order, Placement, Rejection, decide};
use super::outbound::calls::{Cancellation, ProductClient};
use super::outbound::store::{self, Refusal};

/// What the commands need.
#[derive(Clone)]
pub struct App {
    pub(super) store: Store,
    pub(super) product: ProductClient,
    /// Off cancels an order although product did not answer.
    pub(super) fail_closed: Guard,
}

impl App {
    pub(super) async fn page(&self, request: PageRequest) -> Result<Page<Order>, Problem> {
        Ok(self.store.page::<Order>(request).await?)
    }

    pub(super) async fn find(&self, id: i64) -> Result<Order, Problem> {
        let order = self.store.read(move |view: &View<'_>| view.get::<Order>(id)).await?;
        Ok(order.ok_or(Refusal::Rejected(Rejection::NoSuchOrder))?)
    }

    pub(super) async fn place(
        &self,
        placement: Placement,
        key: Option<String>,
        cause: Cause,
    ) -> Result<Order, Problem> {
        Ok(self.store.write(move |tx| store::place(tx, placement, key.as_deref(), &cause)).await?)
    }

    /// Asks product first, outside of any transaction, as only product knows whether making has
    /// begun. Without an answer the order is unchanged; if product has canceled all the same, its
    /// event cancels the order.
    pub(super) async fn cancel(&self, order: Order, cause: Cause) -> Result<Order, Problem> {
        // First a look at the order alone: what is too late here need not be asked.
        let nothing_to_do = decide(Some(&order), Command::Cancel).map_err(Refusal::from)?.is_none();
        if nothing_to_do {
            return Ok(order);
        }
        match self.product.cancel(&order, &cause.traceparent).await {
            Ok(Cancellation::Granted) => {}
            Ok(Cancellation::Refused) => {
                return Err(Problem::conflict(
                    "the order cannot be canceled any more: it is being made, or is made",
                ));
            }
            Err(error) if self.fail_closed == Guard::Off => {
                tracing::warn!(order = order.id, %error, "canceled without an answer of product");
            }
            Err(error) => return Err(error.problem("the order is unchanged", "product")),
        }
        // The order may have changed during the call: the transaction decides again.
        Ok(self.store.write(move |tx| store::change(tx, order.id, Command::Cancel, &cause)).await?)
    }
}

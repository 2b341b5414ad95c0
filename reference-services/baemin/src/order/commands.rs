//! The commands and queries that REST and gRPC share.

use brunt_kit::event::Cause;
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::reserve_confirm::Coordinator;
use brunt_kit::rest::Problem;
use brunt_kit::store::{Store, View};

use super::checkout::Checkout;
use super::domain::{Order, Placement, Rejection};
use super::open_order::OpenOrder;
use super::outbound::store::{self, Refusal};

/// What the commands need.
#[derive(Clone)]
pub struct App {
    pub(super) store: Store,
    pub(super) checkout: Coordinator<Checkout>,
}

impl App {
    pub(super) async fn page(&self, request: PageRequest) -> Result<Page<Order>, Problem> {
        Ok(self.store.page::<Order>(request).await?)
    }

    pub(super) async fn find(&self, id: i64) -> Result<Order, Problem> {
        let found = self.store.read(move |view: &View<'_>| view.get::<Order>(id)).await?;
        Ok(found.ok_or(Refusal::Rejected(Rejection::NoSuchOrder))?)
    }

    pub(super) async fn place(
        &self,
        placement: Placement,
        key: Option<String>,
        cause: Cause,
    ) -> Result<Order, Problem> {
        // Before the attempt: what is malformed is refused whatever its Idempotency-Key.
        placement.check().map_err(Refusal::from)?;
        self.checkout.execute(OpenOrder { placement, delivery: None }, key, cause).await
    }

    /// Calls no other service: payment gets the event, and undoes its own part.
    pub(super) async fn cancel(&self, id: i64, cause: Cause) -> Result<(), Problem> {
        Ok(self.store.write(move |tx| store::cancel(tx, id, &cause)).await?)
    }
}

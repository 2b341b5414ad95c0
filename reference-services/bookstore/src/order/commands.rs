//! The commands and queries that REST and gRPC share.

use brunt_kit::calls::CallError;
use brunt_kit::config::Guard;
use brunt_kit::event::Cause;
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::rest::Problem;
use brunt_kit::store::{Store, View};

use super::domain::{Command, Order, Placement, Rejection, decide};
use super::outbound::calls::{BookClient, CouponClient};
use super::outbound::store::{self, Refusal};

/// Who may use a coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// Every customer who knows its id.
    Any,
    /// Only the customer for whom it was issued.
    Strict,
}

/// What the commands need.
#[derive(Clone)]
pub struct App {
    pub(super) store: Store,
    pub(super) books: BookClient,
    pub(super) coupons: CouponClient,
    pub(super) ownership: Ownership,
    /// Off accepts an order although bookInventory or coupon did not answer.
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

    /// Calls the other services outside of any transaction; with a key that was used before,
    /// none is called.
    pub(super) async fn place(
        &self,
        placement: Placement,
        key: Option<String>,
        cause: Cause,
    ) -> Result<Order, Problem> {
        // What is malformed needs no calls.
        decide(None, Command::Place(placement.clone())).map_err(Refusal::from)?;
        if let Some(key) = key.clone() {
            let again = placement.clone();
            // A repeated request gets its order although the book may be gone by now.
            if let Some(order) = self.store.write(move |tx| store::known(tx, &again, &key)).await? {
                return Ok(order);
            }
        }
        self.check_book(&placement, &cause.traceparent).await?;
        self.check_coupon(&placement, &cause.traceparent).await?;
        Ok(self.store.write(move |tx| store::place(tx, placement, key.as_deref(), &cause)).await?)
    }

    pub(super) async fn cancel(&self, id: i64, cause: Cause) -> Result<(), Problem> {
        Ok(self.store.write(move |tx| store::change(tx, id, Command::Cancel, &cause)).await?)
    }

    async fn check_book(&self, placement: &Placement, traceparent: &str) -> Result<(), Problem> {
        match self.books.exists(placement.book_id, traceparent).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Problem::not_found(format!("there is no book {}", placement.book_id))),
            Err(error) => self.unanswered(error, "bookInventory"),
        }
    }

    async fn check_coupon(&self, placement: &Placement, traceparent: &str) -> Result<(), Problem> {
        let Some(id) = placement.coupon_id else {
            return Ok(());
        };
        match self.coupons.find(id, traceparent).await {
            Ok(Some(coupon))
                if self.ownership == Ownership::Strict
                    && coupon.customer_id != placement.customer_id =>
            {
                Err(Problem::conflict(format!("coupon {id} is another customer's")))
            }
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(Problem::not_found(format!("there is no coupon {id}"))),
            Err(error) => self.unanswered(error, "coupon"),
        }
    }

    fn unanswered(&self, error: CallError, callee: &str) -> Result<(), Problem> {
        if self.fail_closed == Guard::On {
            // Fail closed: an order for a book that may not exist would never be delivered.
            return Err(error.problem("nothing was ordered", callee));
        }
        tracing::warn!(%error, callee, "ordered without an answer");
        Ok(())
    }
}

//! Places an order: no order before its payment.
//!
//! The attempt is stored before payment is asked, and payment is asked outside of any transaction.
//! Then the attempt is taken out again: with the payment approved the order stands; with nothing
//! sent or a refusal nothing has happened; and with the answer lost the order does not stand and
//! its payment is called off by the event that every cancel is.

use std::sync::Arc;

use brunt_kit::calls::{CallError, Protection};
use brunt_kit::config::Guard;
use brunt_kit::event::Cause;
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::pending::{Abandon, Watch};
use brunt_kit::rest::Problem;
use brunt_kit::store::{Store, StoreError, View};

use super::domain::{Order, Placement, Rejection};
use super::outbound::attempt::Attempt;
use super::outbound::calls::{Answer, Payment};
use super::outbound::store::{self, Begun, Refusal};

/// What placing an order needs.
#[derive(Clone)]
pub(super) struct Checkout {
    pub(super) store: Store,
    pub(super) payment: Payment,
    /// Sweeps the attempts that a kill has left.
    pub(super) watch: Watch,
    /// How calls are made.
    pub(super) protection: Protection,
    pub(super) guards: Guards,
}

#[derive(Clone, Copy)]
pub(super) struct Guards {
    /// Off lets an order stand that payment did not answer for.
    pub(super) fail_closed: Guard,
    /// Off leaves a payment alone whose answer was lost.
    pub(super) compensation: Guard,
}

impl Checkout {
    pub(super) async fn page(&self, request: PageRequest) -> Result<Page<Order>, Problem> {
        Ok(self.store.read(move |view: &View<'_>| view.page::<Order>(&request)).await?)
    }

    pub(super) async fn find(&self, id: i64) -> Result<Order, Problem> {
        let found = self.store.read(move |view: &View<'_>| view.get::<Order>(id)).await?;
        Ok(found.ok_or(Refusal::Rejected(Rejection::NoSuchOrder))?)
    }

    /// Asks nobody: payment is told by the event, and undoes its own part.
    pub(super) async fn cancel(&self, id: i64, cause: Cause) -> Result<(), Problem> {
        Ok(self.store.write(move |tx| store::cancel(tx, id, &cause)).await?)
    }

    /// Goes on to its end although the client may have gone.
    pub(super) async fn place(
        &self,
        placement: Placement,
        key: Option<String>,
        cause: Cause,
    ) -> Result<Order, Problem> {
        placement.check().map_err(Refusal::from)?;
        let (checkout, attempt) =
            (self.clone(), Attempt::new(placement, key, self.protection.patience(), cause));
        let ended = tokio::spawn(async move { checkout.run(attempt).await }).await;
        ended
            .unwrap_or_else(|_| Err(Problem::unavailable("nothing was ordered; try again shortly")))
    }

    async fn run(&self, attempt: Attempt) -> Result<Order, Problem> {
        let watch = self.watch.clone();
        let begun = self.store.write(move |tx| {
            tx.after_commit(move || watch.wake());
            store::begin(tx, attempt)
        });
        match begun.await? {
            Begun::Known(order) => Ok(order),
            Begun::New(attempt) => self.pay(attempt).await,
        }
    }

    async fn pay(&self, attempt: Attempt) -> Result<Order, Problem> {
        let id = attempt.id;
        match self.payment.pay(&attempt).await {
            Ok(Answer::Approved) => Ok(self.store.write(move |tx| store::place(tx, id)).await?),
            Ok(Answer::Refused(reason)) => {
                self.store.write(move |tx| store::forget(tx, id)).await?;
                Err(Problem::conflict(format!(
                    "nothing was ordered, as payment was refused: {reason}"
                )))
            }
            Err(error) if self.guards.fail_closed == Guard::Off => {
                tracing::warn!(order = id, %error, "ordered although payment was asked in vain");
                Ok(self.store.write(move |tx| store::place(tx, id)).await?)
            }
            Err(error) => Err(self.give_up(id, error).await?),
        }
    }

    async fn give_up(&self, id: i64, error: CallError) -> Result<Problem, StoreError> {
        if error.nothing_was_sent() {
            self.store.write(move |tx| store::forget(tx, id)).await?;
        } else {
            let abandon = abandon(self.guards.compensation);
            self.store
                .write(move |tx| tx.get(id)?.map_or(Ok(()), |attempt| abandon(tx, attempt)))
                .await?;
        }
        Ok(error.problem("nothing was ordered", "payment"))
    }
}

/// What becomes of an attempt whose answer nobody knows.
pub(super) fn abandon(compensation: Guard) -> Abandon<Attempt> {
    Arc::new(move |tx, attempt| match compensation {
        Guard::On => store::abandon(tx, attempt.id),
        Guard::Off => store::forget(tx, attempt.id),
    })
}

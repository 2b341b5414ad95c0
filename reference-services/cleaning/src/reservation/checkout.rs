//! Reserves a cleaning: no deal before its payment.
//!
//! The attempt is stored before payment is asked, and payment is asked outside of any transaction.
//! Then the attempt is taken out again: with the payment approved the reservation stands; with
//! nothing sent or a refusal nothing has happened; and with the answer lost the reservation does
//! not stand and its payment is called off by the event that every cancel is.

use std::sync::Arc;

use brunt_kit::calls::{CallError, Protection};
use brunt_kit::config::Guard;
use brunt_kit::event::Cause;
use brunt_kit::page::{Page, PageRequest};
use brunt_kit::pending::{Abandon, Watch};
use brunt_kit::rest::Problem;
use brunt_kit::store::{Store, StoreError, View};

use super::domain::{Rejection, Request, Reservation};
use super::outbound::attempt::Attempt;
use super::outbound::calls::{Answer, Payment};
use super::outbound::store::{self, Begun, Refusal};

/// What reserving needs.
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
    /// Off lets a reservation stand that payment did not answer for.
    pub(super) fail_closed: Guard,
    /// Off leaves a payment alone whose answer was lost.
    pub(super) compensation: Guard,
}

impl Checkout {
    pub(super) async fn page(&self, request: PageRequest) -> Result<Page<Reservation>, Problem> {
        Ok(self.store.read(move |view: &View<'_>| view.page::<Reservation>(&request)).await?)
    }

    pub(super) async fn find(&self, id: i64) -> Result<Reservation, Problem> {
        let found = self.store.read(move |view: &View<'_>| view.get::<Reservation>(id)).await?;
        Ok(found.ok_or(Refusal::Rejected(Rejection::NoSuchReservation))?)
    }

    /// Asks nobody: payment is told by the event, and undoes its own part.
    pub(super) async fn cancel(&self, id: i64, cause: Cause) -> Result<(), Problem> {
        Ok(self.store.write(move |tx| store::cancel(tx, id, &cause)).await?)
    }

    /// Goes on to its end although the client may have gone.
    pub(super) async fn reserve(
        &self,
        request: Request,
        key: Option<String>,
        cause: Cause,
    ) -> Result<Reservation, Problem> {
        request.check().map_err(Refusal::from)?;
        let (checkout, attempt) =
            (self.clone(), Attempt::new(request, key, self.protection.patience(), cause));
        let ended = tokio::spawn(async move { checkout.run(attempt).await }).await;
        ended.unwrap_or_else(|_| {
            Err(Problem::unavailable("nothing was reserved; try again shortly"))
        })
    }

    async fn run(&self, attempt: Attempt) -> Result<Reservation, Problem> {
        let watch = self.watch.clone();
        let begun = self.store.write(move |tx| {
            tx.after_commit(move || watch.wake());
            store::begin(tx, attempt)
        });
        match begun.await? {
            Begun::Known(reservation) => Ok(reservation),
            Begun::New(attempt) => self.pay(attempt).await,
        }
    }

    async fn pay(&self, attempt: Attempt) -> Result<Reservation, Problem> {
        let id = attempt.id;
        match self.payment.pay(&attempt).await {
            Ok(Answer::Approved) => Ok(self.store.write(move |tx| store::apply(tx, id)).await?),
            Ok(Answer::Refused(reason)) => {
                self.store.write(move |tx| store::forget(tx, id)).await?;
                Err(Problem::conflict(format!(
                    "nothing was reserved, as payment was refused: {reason}"
                )))
            }
            Err(error) if self.guards.fail_closed == Guard::Off => {
                tracing::warn!(reservation = id, %error, "reserved although payment was asked in vain");
                Ok(self.store.write(move |tx| store::apply(tx, id)).await?)
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
        Ok(error.problem("nothing was reserved", "payment"))
    }
}

/// What becomes of an attempt whose answer nobody knows.
pub(super) fn abandon(compensation: Guard) -> Abandon<Attempt> {
    Arc::new(move |tx, attempt| match compensation {
        Guard::On => store::abandon(tx, attempt.id),
        Guard::Off => store::forget(tx, attempt.id),
    })
}

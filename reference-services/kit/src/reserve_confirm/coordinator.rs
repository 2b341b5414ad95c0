//! Takes a command through its steps.

use std::sync::Arc;

use tokio::sync::Notify;

use super::transactions::{self, Reserved};
use super::{Answer, Attempt, Duplicates, ReservedCommand};
use crate::calls::{CallError, Protection};
use crate::config::Guard;
use crate::event::Cause;
use crate::rest::Problem;
use crate::store::{Store, StoreError};

/// Executes one kind of command. Clones share the store and the sweeper.
#[derive(Clone)]
pub struct Coordinator<C> {
    pub(super) store: Store,
    pub(super) command: C,
    protection: Protection,
    pub(super) guards: Guards,
    /// Wakes the sweeper: there is an attempt to watch.
    pub(super) reserved: Arc<Notify>,
}

/// The protections that a proof can switch off.
#[derive(Clone, Copy, Debug)]
pub struct Guards {
    /// Off confirms an attempt although the other service did not answer.
    pub fail_closed: Guard,
    /// Off releases an attempt whose answer was lost, in place of canceling it.
    pub compensation: Guard,
}

impl<C: ReservedCommand> Coordinator<C> {
    /// A coordinator for `command`, whose attempts are kept in `store`. `protection` is that of the
    /// calls: an attempt is due once no such call can be running any more.
    pub fn new(store: Store, command: C, protection: Protection, guards: Guards) -> Self {
        Self { store, command, protection, guards, reserved: Arc::default() }
    }

    /// Executes a request and gives its outcome; with a client key that was used before, the
    /// outcome of then.
    ///
    /// # Errors
    /// 409 when the other service refuses, 503 when it does not answer, and
    /// what [`ReserveError`](super::ReserveError) says.
    pub async fn execute(
        &self,
        request: C::Request,
        client_key: Option<String>,
        cause: Cause,
    ) -> Result<C::Outcome, Problem> {
        let attempt = Attempt::new(request, client_key, self.protection.patience(), cause);
        let coordinator = self.clone();
        // In a task of its own: axum drops a handler when its client disconnects, and a step that
        // is dropped between the call and its transaction would leave the attempt to the sweeper.
        tokio::spawn(async move { coordinator.run(attempt).await }).await.unwrap_or_else(|_| {
            Err(Problem::unavailable(format!("{}; try again shortly", C::NOT_DONE)))
        })
    }

    async fn run(&self, attempt: Attempt<C::Request>) -> Result<C::Outcome, Problem> {
        let reserved = Arc::clone(&self.reserved);
        let begun = self.store.write(move |tx| {
            tx.after_commit(move || reserved.notify_one());
            // The sweeper is woken by the commit, and not before: it would find nothing yet
            // and sleep again.
            transactions::reserve::<C>(tx, attempt)
        });
        match begun.await? {
            Reserved::Done(outcome) => Ok(outcome),
            Reserved::Open(attempt) => self.settle(attempt).await,
        }
    }

    async fn settle(&self, attempt: Attempt<C::Request>) -> Result<C::Outcome, Problem> {
        let id = attempt.id;
        match self.command.ask(&attempt).await {
            Ok(Answer::Confirmed) => self.confirm(id).await,
            Ok(Answer::Refused(message)) => {
                self.store.write(move |tx| transactions::release::<C>(tx, id)).await?;
                Err(Problem::conflict(message))
            }
            // The planted defect of a fallback that logs and goes on: it makes orders
            // that nobody paid.
            Err(error) if self.guards.fail_closed == Guard::Off => {
                tracing::warn!(id, callee = C::CALLEE, %error, "confirmed without an answer");
                self.confirm(id).await
            }
            Err(error) => self.give_up(id, error).await,
        }
    }

    async fn confirm(&self, id: i64) -> Result<C::Outcome, Problem> {
        Ok(self.store.write(move |tx| transactions::confirm::<C>(tx, id)).await?)
    }

    /// Ends an attempt without an answer. An outcome that another request has got meanwhile counts
    /// for this one as well.
    async fn give_up(&self, id: i64, error: CallError) -> Result<C::Outcome, Problem> {
        // What this request did not send, another one that shares the attempt may have sent.
        let certain = error.nothing_was_sent() && C::DUPLICATES == Duplicates::Refuse;
        let release = certain || self.guards.compensation == Guard::Off;
        let done = self.store.write(move |tx| {
            if release {
                transactions::release::<C>(tx, id)?;
            } else {
                transactions::cancel::<C>(tx, id)?;
            }
            transactions::confirmed_by_another::<C>(tx, id)
        });
        let done: Result<_, StoreError> = done.await;
        done?.ok_or_else(|| error.problem(C::NOT_DONE, C::CALLEE))
    }
}

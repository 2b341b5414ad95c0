//! Reserve and confirm: a command takes effect only after another service has confirmed it.
//!
//! 1. *Reserve*: an [`Attempt`] is committed. It has no effect that anybody sees.
//! 2. *Ask*: the other service is called, outside of any transaction, with the attempt's key.
//! 3. *Confirm*, *release* or *cancel*: one transaction removes the attempt and acts on the reply.
//!    A confirmation makes the outcome, a refusal releases the attempt, and a lost reply cancels
//!    it: the command publishes an event by which the other service undoes what it may have done.
//!
//! An attempt that a killed process has left is canceled when it is due ([`Coordinator::sweep`]),
//! or the other service is asked again with the same key ([`Coordinator::resume`]).

mod attempt;
mod coordinator;
mod error;
mod resume;
mod sweep;
mod transactions;

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use attempt::Attempt;
pub use coordinator::{Coordinator, Guards};
pub use error::ReserveError;

use crate::calls::CallError;
use crate::rest::Problem;
use crate::store::{Document, StoreError, Tx};

/// A command that needs another service's confirmation, and what the steps mean for it.
pub trait ReservedCommand: Clone + Send + Sync + 'static {
    /// What the client asks for.
    type Request: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// What a confirmed request becomes. It gets the attempt's id.
    type Outcome: Document + Send + 'static;
    /// Why the request itself is refused, whatever the other service would say.
    type Rejection: std::error::Error + Into<Problem> + Send + 'static;

    /// The other service's name in messages, such as `payment`.
    const CALLEE: &'static str;
    /// The outcome's name in messages, such as `order`.
    const NOUN: &'static str;
    /// What a client reads when there is no outcome, such as `nothing was ordered`.
    const NOT_DONE: &'static str;
    /// How a second request with the key of an open attempt is treated.
    const DUPLICATES: Duplicates;

    /// Checks a request whose key is new, before it is reserved. Accepts all unless overridden.
    ///
    /// # Errors
    /// The reason for a refusal.
    fn check(_request: &Self::Request) -> Result<(), Self::Rejection> {
        Ok(())
    }

    /// The idempotency key with which the other service is asked for the attempt with this id.
    fn callee_key(id: i64) -> String;

    /// Whether `request` asks for `outcome` again, rather than for something else with its key.
    fn repeats(request: &Self::Request, outcome: &Self::Outcome) -> bool;

    /// Asks the other service. Called once for each execution and once for each resumption.
    fn ask(
        &self,
        attempt: &Attempt<Self::Request>,
    ) -> impl Future<Output = Result<Answer, CallError>> + Send;

    /// Stores the outcome and publishes its event; the attempt has been removed.
    ///
    /// # Errors
    /// When the store fails.
    fn confirm(
        tx: &mut Tx<'_>,
        attempt: Attempt<Self::Request>,
    ) -> Result<Self::Outcome, StoreError>;

    /// Publishes the compensating event; the attempt has been removed.
    ///
    /// # Errors
    /// When the store fails.
    fn cancel(tx: &mut Tx<'_>, attempt: Attempt<Self::Request>) -> Result<(), StoreError>;
}

/// The other service's answer to an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The command may take effect.
    Confirmed,
    /// The command must not take effect. The client gets 409 with this message.
    Refused(String),
}

/// How a request is treated whose Idempotency-Key is that of an attempt that is still open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// It gets 409 with `Retry-After`. So each attempt belongs to one request, which knows whether
    /// the other service was asked at all.
    Refuse,
    /// It asks the other service as well, with the attempt's key, and gets the same outcome. So
    /// several requests share an attempt: none of them can tell alone that nothing was sent, and
    /// the attempt's id is never used again.
    Join,
}

#[cfg(test)]
mod tests;

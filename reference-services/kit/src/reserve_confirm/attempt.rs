//! The row of a command that waits for its confirmation.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::event::Cause;
use crate::store::Document;

/// A request that has no outcome yet. It is in the store while the other service is asked, so that
/// a killed process loses none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt<R> {
    /// From 1; also the id of the outcome.
    pub id: i64,
    /// What the client asks for.
    pub request: R,
    /// The idempotency key with which the other service is asked each time.
    pub callee_key: String,
    /// The client's own Idempotency-Key, if it sent one.
    pub client_key: Option<String>,
    /// When no request waits for the answer any more, in milliseconds since 1970. A wall-clock
    /// time, as it outlives the process.
    pub due: i64,
    /// The command that the outcome's events follow from.
    pub cause: Cause,
}

impl<R> Attempt<R> {
    /// An attempt that is due after `patience`. Reserving it gives it its id and callee key.
    pub(super) fn new(
        request: R,
        client_key: Option<String>,
        patience: Duration,
        cause: Cause,
    ) -> Self {
        let due = due_in(patience);
        Self { id: 0, request, callee_key: String::new(), client_key, due, cause }
    }
}

impl<R: Serialize + DeserializeOwned> Document for Attempt<R> {
    const COLLECTION: &'static str = "attempts";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        self.client_key.clone()
    }
}

/// The time after `wait` from now, in milliseconds since 1970.
pub(super) fn due_in(wait: Duration) -> i64 {
    let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    jiff::Timestamp::now().as_millisecond().saturating_add(wait)
}

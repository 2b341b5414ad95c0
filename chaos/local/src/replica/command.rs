//! What can be done to a replica.

use std::time::Duration;

use tokio::sync::oneshot;

/// What can be done to a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReplicaAction {
    /// Ends it for good: SIGTERM, and SIGKILL after this long; SIGKILL at once when it is zero.
    Stop(Duration),
    Pause,
    Resume,
}

/// An action to carry out; the reply is whether there was a process to carry it out on.
pub(super) struct ReplicaCommand {
    pub(super) action: ReplicaAction,
    pub(super) done: oneshot::Sender<bool>,
}

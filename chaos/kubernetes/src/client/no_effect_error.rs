//! Why a fault does nothing to a workload, and would be a check that cannot fail.

use thiserror::Error;

/// A fault that changes nothing of a workload, or not all that it should.
#[derive(Debug, Error)]
pub enum NoEffectError {
    /// A change of a workload's pods would replace none of them; nothing was touched.
    #[error("no pod of {object} would be replaced: {why}")]
    NothingReplaced {
        /// Kind and name.
        object: String,
        /// What keeps its pods as they are.
        why: String,
    },
    /// A change of a workload's pods would stop at some of them; nothing was touched.
    #[error(
        "the pods of {object} would not all be replaced: {why}, and waits until somebody promotes \
         the new version; let it go on by itself, or use `rollout` or `kill`"
    )]
    WaitsForPromotion {
        /// Kind and name.
        object: String,
        /// What in its strategy waits.
        why: &'static str,
    },
    /// A workload has no number of replicas that could be changed; nothing was touched.
    #[error(
        "{object} has one pod on each node, and no number of replicas; use `kill`, or `remove` \
         to take all of them away"
    )]
    NotScaled {
        /// Kind and name.
        object: String,
    },
    /// All that a fault would change is so already; nothing was touched.
    #[error("{object} has all of these values already, so that there is nothing to change")]
    NothingChanged {
        /// Kind and name.
        object: String,
    },
    /// Pods should have been replaced, or other ones should have come, and all are as before.
    #[error("no pod of {service} came or went within {seconds} s: {why}")]
    NoneReplaced {
        /// The service whose pods are meant.
        service: String,
        /// How long was waited, in seconds.
        seconds: u64,
        /// What keeps new ones from starting.
        why: String,
    },
    /// The first process that a container sees is not its own; nothing was touched.
    #[error(
        "the containers of {object} share {shared}, whose first process is not theirs, so that \
         none of them can be ended alone; use `kill`"
    )]
    SharedProcesses {
        /// Kind and name.
        object: String,
        /// What they share, and with whom.
        shared: &'static str,
    },
}

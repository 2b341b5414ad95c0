//! Why a workload that a run has removed is not there again.

use thiserror::Error;

/// A removed workload could not be made again.
#[derive(Debug, Error)]
pub enum RemovedWorkloadError {
    /// What was kept of a removed workload cannot be read, so that it cannot be made again.
    #[error(
        "the ConfigMap {map} does not hold a removed workload as brunt keeps it ({why}); make the \
         workload by hand, then delete the ConfigMap"
    )]
    UnreadableCopy {
        /// The ConfigMap's name.
        map: String,
        /// Which part is wrong.
        why: String,
        /// The parser's error; `None` where a part is missing.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// Nobody vouches for what a ConfigMap holds, so that it is not made.
    #[error(
        "the ConfigMap {map} holds {holds}, which is not there, and no run vouches for it: whoever \
         may write ConfigMaps could have put it there, so it is not applied; look at it with \
         `kubectl get configmap {map} -o yaml`, apply it by hand if it is right, and delete the \
         ConfigMap"
    )]
    UnknownCopy {
        /// The ConfigMap's name.
        map: String,
        /// Kind and name of the object in it.
        holds: String,
    },
    /// A deleted object does not go.
    #[error(
        "{object} is still being deleted after {seconds} s (finalizers: {finalizers}); what was \
         kept of it stays until it can be made again"
    )]
    StillGoing {
        /// Kind and name.
        object: String,
        /// How long was waited, in seconds.
        seconds: u64,
        /// What others must end before it goes, separated by commas.
        finalizers: String,
    },
    /// An object that was made again does not stand.
    #[error(
        "{object} was made again, and its controller has not taken it up after {seconds} s; what \
         was kept of it stays until then"
    )]
    NotTakenUp {
        /// Kind and name.
        object: String,
        /// How long was waited, in seconds.
        seconds: u64,
    },
}

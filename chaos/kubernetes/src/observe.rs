//! What is seen of a system on a cluster. Nothing here changes anything.

pub(crate) mod argo_rollout;
pub(crate) mod autoscaler;
mod container;
pub(crate) mod endpoint_slice;
pub(crate) mod front;
pub(crate) mod gaps;
mod inventory;
pub(crate) mod live_spec;
mod named_front;
pub(crate) mod namespace_watch;
mod own_image;
pub(crate) mod ownership;
pub(crate) mod placement;
pub(crate) mod pod_start;
pub(crate) mod pod_state;
pub(crate) mod pod_status;
mod replica_share;
pub(crate) mod resolve;
pub(crate) mod rollout_status;
pub(crate) mod services;
pub(crate) mod state;
pub(crate) mod system_state;
mod watched;
pub(crate) mod watcher;
pub(crate) mod workload;
mod workload_kinds;
pub(crate) mod workload_progress;

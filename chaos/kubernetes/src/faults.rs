//! Faults on a cluster, one file each, with how it is injected and how it is recovered. A fault is
//! handed what it needs, and knows nothing of runs.

pub(crate) mod autoscale;
pub(crate) mod beforehand;
pub(crate) mod context;
pub(crate) mod cordon;
pub(crate) mod dispatch;
pub(crate) mod drain;
pub(crate) mod evict;
pub(crate) mod get;
pub(crate) mod kill;
pub(crate) mod kill_container;
pub(crate) mod nodes;
mod not_run;
pub(crate) mod outage;
pub(crate) mod pod_template;
pub(crate) mod probe;
pub(crate) mod recovery;
pub(crate) mod remove;
pub(crate) mod replacement;
pub(crate) mod roll_back;
pub(crate) mod rollout;
pub(crate) mod scale;
pub(crate) mod select_replicas;
pub(crate) mod set_config;
pub(crate) mod set_env;
pub(crate) mod stress;

//! What a run changes on a cluster, with what is needed to restore it.

pub(crate) mod change;
pub(crate) mod record;
pub(crate) mod removed_workload;
pub(crate) mod revert;
pub(crate) mod watchdog;

//! What a run changes on a cluster, with all that is needed to restore it.

pub(crate) mod change;
pub(crate) mod changer;
pub(crate) mod copy_digests;
mod field_manager;
pub(crate) mod irreversible;
pub(crate) mod json_patch;
mod kept_copy;
pub(crate) mod leftovers;
mod log_text;
pub(crate) mod record;
pub(crate) mod removed_workload;
pub(crate) mod restore;
pub(crate) mod revert;
pub(crate) mod selection;
#[cfg(test)]
mod tests;
pub(crate) mod watchdog;

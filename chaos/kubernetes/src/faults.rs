//! Faults on a cluster.

pub(crate) mod nodes;
pub(crate) mod platform;

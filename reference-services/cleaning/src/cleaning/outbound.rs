//! What a cleaning reaches: its store.

pub(super) mod store;

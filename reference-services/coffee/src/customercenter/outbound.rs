//! Outbound adapters of customercenter: its store.

pub(super) mod store;

//! Outbound adapters: the store.

pub(super) mod store;

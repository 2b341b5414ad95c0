//! Outbound adapters: the store, and calls to stock.

pub(super) mod calls;
pub(super) mod store;

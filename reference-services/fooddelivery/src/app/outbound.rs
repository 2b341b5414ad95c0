//! Outbound adapters: the store, and calls to pay.

pub(super) mod calls;
pub(super) mod store;

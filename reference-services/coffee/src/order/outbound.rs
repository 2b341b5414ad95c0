//! Outbound adapters: the store, and calls to product.

pub(super) mod calls;
pub(super) mod store;

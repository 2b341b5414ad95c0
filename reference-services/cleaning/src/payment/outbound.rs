//! What a payment reaches: its store.

pub(super) mod store;

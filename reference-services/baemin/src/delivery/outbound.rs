//! What a delivery reaches: its store.

pub(super) mod store;

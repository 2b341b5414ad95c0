//! What a history reaches: its store.

pub(super) mod store;

//! What a message reaches: its store.

pub(super) mod store;

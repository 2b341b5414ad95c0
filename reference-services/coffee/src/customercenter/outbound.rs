//! What a page reaches: its store.

pub(super) mod store;

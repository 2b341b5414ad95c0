//! What the view reaches: its store.

pub(super) mod store;

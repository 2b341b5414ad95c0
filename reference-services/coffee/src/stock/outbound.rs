//! What a stock reaches: its store.

pub(super) mod store;

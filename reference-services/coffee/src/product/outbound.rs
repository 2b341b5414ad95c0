//! What a product reaches: its store, and stock.

pub(super) mod calls;
pub(super) mod store;

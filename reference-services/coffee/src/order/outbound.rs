//! What an order reaches: its store, and product.

pub(super) mod calls;
pub(super) mod store;

//! What an order reaches: its store, and pay.

pub(super) mod calls;
pub(super) mod store;

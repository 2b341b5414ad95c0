//! What an order reaches: its store, and the services that it asks.

pub(super) mod calls;
pub(super) mod store;

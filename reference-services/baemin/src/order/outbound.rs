//! Outbound adapters: the store, and calls to payment.

pub(super) mod calls;
pub(super) mod store;

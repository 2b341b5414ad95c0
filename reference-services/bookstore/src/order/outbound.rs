//! Outbound adapters: the store, and calls to bookInventory and coupon.

pub(super) mod calls;
pub(super) mod store;

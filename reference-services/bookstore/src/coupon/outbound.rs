//! What a coupon reaches: its store.

pub(super) mod store;

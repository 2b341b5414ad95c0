//! What a reservation reaches: its store, and payment.

pub(super) mod calls;
pub(super) mod store;

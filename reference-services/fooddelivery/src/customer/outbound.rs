//! What notifications and pages reach: their store.

pub(super) mod store;

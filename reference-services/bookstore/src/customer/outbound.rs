//! What customers and their pages reach: their store.

pub(super) mod store;

//! What books reach: their store.

pub(super) mod store;

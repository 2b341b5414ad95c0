//! What an order in the store reaches: where it is kept, and app.

pub(super) mod calls;
pub(super) mod store;

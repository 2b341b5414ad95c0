//! How the world reaches an order in the store.

pub(super) mod rest;

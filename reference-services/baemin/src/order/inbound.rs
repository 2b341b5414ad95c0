//! How the world reaches an order.

pub(super) mod rest;

//! How the world reaches an order.

pub(super) mod grpc;
pub(super) mod rest;

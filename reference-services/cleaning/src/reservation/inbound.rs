//! How the world reaches a reservation.

pub(super) mod grpc;
pub(super) mod rest;

//! How the world reaches a delivery.

pub(super) mod rest;

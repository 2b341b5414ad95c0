//! How the world reaches a payment.

pub(super) mod rest;

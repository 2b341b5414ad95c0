//! How the world reaches a reservation.

pub(super) mod rest;

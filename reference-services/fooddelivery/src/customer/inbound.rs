//! How the world reaches what a customer sees.

pub(super) mod rest;

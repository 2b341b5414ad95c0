//! How the world reaches a history.

pub(super) mod rest;

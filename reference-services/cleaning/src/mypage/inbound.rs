//! How the world reaches the view.

pub(super) mod rest;

//! How the world reaches customers and their pages.

pub(super) mod rest;

//! How the world reaches a page.

pub(super) mod rest;

//! How the world reaches books.

pub(super) mod rest;

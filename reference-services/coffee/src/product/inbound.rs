//! How the world reaches a product.

pub(super) mod rest;

//! How the world reaches a stock.

pub(super) mod rest;

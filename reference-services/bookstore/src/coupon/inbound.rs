//! How the world reaches a coupon.

pub(super) mod rest;

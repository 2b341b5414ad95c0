//! How the world reaches a message.

pub(super) mod rest;

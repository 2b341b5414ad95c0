//! Inbound adapters: REST.

pub(super) mod rest;

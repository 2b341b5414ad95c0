//! How the world reaches a cleaning.

pub(super) mod rest;

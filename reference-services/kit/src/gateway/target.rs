//! A service behind the gateway.

use serde_json::Value;

use crate::proxy::Path;

/// A service behind the gateway. `API_<SERVICE>_URL` says where it is: one URL, or those
/// of its replicas.
#[derive(Debug)]
pub struct Target {
    /// The name in commands, metrics and messages.
    pub service: &'static str,
    /// Its address on this machine, unless the variable names another.
    pub port: u16,
    /// Makes its OpenAPI document, which the gateway passes on under its own paths.
    pub api: fn() -> Value,
    /// The paths whose requests it gets.
    pub paths: &'static [Path],
}

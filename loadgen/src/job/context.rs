//! What a job takes from the run around it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::portion::Portion;
use crate::transport::Transport;

/// What a planned load does not hold itself, and a run knows.
pub struct JobContext<'a> {
    /// A service's base URL; `None` when it has no address.
    pub url: &'a dyn Fn(&str) -> Option<String>,
    /// Values that were saved before the load, for `${name}`.
    pub values: &'a BTreeMap<String, Value>,
    /// Certificates, proxies and the version of HTTP, for all requests of the load.
    pub transport: &'a Transport,
    /// The share of the load that this generator makes.
    pub portion: Portion,
}

//! What a job takes from the run around it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::portion::Portion;
use crate::transport::Transport;

/// What a planned load does not say itself.
pub struct JobContext<'a> {
    /// A service's base URL; `None` when it has no address.
    pub url: &'a dyn Fn(&str) -> Option<String>,
    /// Values that were saved before the load, for `${name}`.
    pub values: &'a BTreeMap<String, Value>,
    /// How servers are reached.
    pub transport: &'a Transport,
    /// Which part of the load this generator puts on.
    pub portion: Portion,
}

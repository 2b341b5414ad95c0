//! Which of a service's replicas a fault is about, by where they are and what is written on them.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// Replicas of which all of this is true; all replicas without any of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ReplicaFilter {
    /// They are on this node.
    pub node: Option<String>,
    /// They are in this zone (the node's label topology.kubernetes.io/zone).
    pub zone: Option<String>,
    /// Their pods have these labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

impl ReplicaFilter {
    /// Whether nothing is asked of a replica.
    pub fn is_any(&self) -> bool {
        self.node.is_none() && self.zone.is_none() && self.labels.is_empty()
    }
}

impl fmt::Display for ReplicaFilter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = [("node", &self.node), ("zone", &self.zone)];
        let places = places
            .into_iter()
            .filter_map(|(what, name)| Some(format!("{what} {}", name.as_ref()?)));
        let labels = self.labels.iter().map(|(key, value)| format!("{key}={value}"));
        out.write_str(&places.chain(labels).collect::<Vec<_>>().join(", "))
    }
}

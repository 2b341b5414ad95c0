//! Where things are in the pod template of a workload, as JSON pointers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The pod's spec.
pub(crate) const POD: &str = "/spec/template/spec";

/// The first container, which is the service's own: others in the pod are sidecars.
pub(crate) const CONTAINER: &str = "/spec/template/spec/containers/0";

/// The container's environment with these variables set, and where it belongs.
pub(crate) fn environment(
    object: &Value,
    set: &BTreeMap<String, String>,
) -> (String, Option<Value>) {
    let path = format!("{CONTAINER}/env");
    let before = object.pointer(&path).and_then(Value::as_array).cloned().unwrap_or_default();
    let kept = before
        .into_iter()
        .filter(|one| !set.contains_key(one["name"].as_str().unwrap_or_default()));
    let new = set.iter().map(|(name, value)| json!({"name": name, "value": value}));
    (path, Some(Value::Array(kept.chain(new).collect())))
}

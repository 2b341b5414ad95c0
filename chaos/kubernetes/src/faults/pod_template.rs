//! Where things are in the pod template of a workload, as JSON pointers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::observe::workload::Workload;

/// The pod's spec.
pub(crate) const POD: &str = "/spec/template/spec";

/// The environment of the service's container with these variables set, and where it belongs.
pub(crate) fn environment(
    object: &Value,
    workload: &Workload,
    set: &BTreeMap<String, String>,
) -> (String, Option<Value>) {
    environment_at(object, &workload.container_path(), set)
}

/// The environment of the container at this JSON pointer with these variables set, and where it
/// belongs. One that is there keeps its place, as others may refer to it by `$(NAME)` only from
/// behind it; new ones come last.
pub(super) fn environment_at(
    object: &Value,
    container: &str,
    set: &BTreeMap<String, String>,
) -> (String, Option<Value>) {
    let path = format!("{container}/env");
    let before = object.pointer(&path).and_then(Value::as_array);
    let after = with_variables(before.map_or(&[], Vec::as_slice), set);
    (path, Some(Value::Array(after)))
}

fn with_variables(before: &[Value], set: &BTreeMap<String, String>) -> Vec<Value> {
    let written = |(name, value): (&String, &String)| json!({"name": name, "value": value});
    let is = |one: &Value, name: &String| one["name"] == **name;
    let in_place = before.iter().map(|one| {
        let mut set = set.iter();
        set.find(|(name, _)| is(one, name)).map_or_else(|| one.clone(), written)
    });
    let new = set.iter().filter(|(name, _)| !before.iter().any(|one| is(one, name))).map(written);
    in_place.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_set_keeps_its_place() {
        let before = [
            json!({"name": "HOST", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}),
            json!({"name": "URL", "value": "http://$(HOST)"}),
        ];
        let set = [("HOST", "elsewhere"), ("A", "new")];
        let set = set.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(
            with_variables(&before, &set),
            [
                json!({"name": "HOST", "value": "elsewhere"}),
                json!({"name": "URL", "value": "http://$(HOST)"}),
                json!({"name": "A", "value": "new"}),
            ],
        );
    }
}

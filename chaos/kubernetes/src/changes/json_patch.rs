//! JSON patch operations, and how values compare after the API server has had them. Pure.

use serde_json::{Value, json};

use super::record::ChangeRecord;
use crate::client::labels::RECORD_PREFIX;

/// The operation that makes a patch fail when the object has changed since it was read.
pub(crate) fn test_version(object: &Value) -> Value {
    let version = object.pointer("/metadata/resourceVersion").cloned().unwrap_or_default();
    json!({"op": "test", "path": "/metadata/resourceVersion", "value": version})
}

/// The operations that write a record. JSON patch adds no parents, so the map of annotations may
/// have to be added first.
pub(crate) fn add_record(object: &Value, slot: &str, record: &ChangeRecord) -> Vec<Value> {
    let text = serde_json::to_string(record).unwrap_or_default();
    let annotation = json!({"op": "add", "path": pointer(slot), "value": text});
    match object.pointer("/metadata/annotations") {
        Some(Value::Object(_)) => vec![annotation],
        _ => vec![json!({"op": "add", "path": "/metadata/annotations", "value": {}}), annotation],
    }
}

/// The operation that removes a record.
pub(crate) fn remove_record(slot: &str) -> Value {
    json!({"op": "remove", "path": pointer(slot)})
}

fn pointer(slot: &str) -> String {
    format!("/metadata/annotations/{}", escaped(&format!("{RECORD_PREFIX}{slot}")))
}

/// A key as a part of a JSON pointer.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The operation that sets or removes a value; `None` when there is nothing to remove.
pub(crate) fn set_value(object: &Value, path: &str, value: Option<&Value>) -> Option<Value> {
    match (object.pointer(path), value) {
        (None, None) => None,
        (Some(_), None) => Some(json!({"op": "remove", "path": path})),
        (Some(_), Some(value)) => Some(json!({"op": "replace", "path": path, "value": value})),
        (None, Some(value)) => Some(json!({"op": "add", "path": path, "value": value})),
    }
}

/// Whether what is there is what was set: the API server may have filled in more, and leaves out
/// what is empty.
pub(crate) fn covers(found: &Value, set: &Value) -> bool {
    match (found, set) {
        (Value::Object(found), Value::Object(set)) => {
            let there =
                |(key, value)| found.get(key).map_or(is_empty(value), |found| covers(found, value));
            set.iter().all(there)
        }
        (Value::Array(found), Value::Array(set)) => {
            // Elements have no names here, so a list that got longer is a list that somebody
            // changed.
            found.len() == set.len() && found.iter().zip(set).all(|(found, set)| covers(found, set))
        }
        (found, set) => found == set,
    }
}

/// Whether Kubernetes would leave the value out (`omitempty` in Go).
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(value) => value.as_f64() == Some(0.0),
        Value::String(value) => value.is_empty(),
        Value::Array(value) => value.is_empty(),
        Value::Object(value) => value.is_empty(),
    }
}

/// An edit whose parent exists: where it does not, the parent is what is added.
pub(crate) fn rooted(
    object: &Value,
    path: &str,
    set: Option<Value>,
) -> Option<(String, Option<Value>)> {
    let (parent, leaf) = path.rsplit_once('/')?;
    if parent.is_empty() || object.pointer(parent).is_some() {
        return Some((path.to_owned(), set));
    }
    // A pointer escapes slashes and tildes of keys, a JSON object does not.
    let key = leaf.replace("~1", "/").replace("~0", "~");
    rooted(object, parent, set.map(|value| json!({key: value})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_that_the_api_server_fills_in_are_no_drift() {
        let set = json!({"httpGet": {"path": "/nowhere", "port": 80}});
        assert!(covers(
            &json!({"httpGet": {"path": "/nowhere", "port": 80, "scheme": "HTTP"}, "periodSeconds": 10}),
            &set
        ));
        assert!(!covers(&json!({"httpGet": {"path": "/ok", "port": 80}}), &set));
        assert!(!covers(&json!([1, 2]), &json!([1])));
    }

    #[test]
    fn empty_values_that_the_api_server_leaves_out_are_no_drift() {
        assert!(covers(&json!([{"name": "FILE"}]), &json!([{"name": "FILE", "value": ""}])));
        assert!(!covers(&json!([{"name": "FILE"}]), &json!([{"name": "FILE", "value": "x"}])));
        assert!(!covers(
            &json!([{"name": "FILE", "value": "x"}]),
            &json!([{"name": "FILE", "value": ""}])
        ));
    }

    #[test]
    fn a_value_without_a_parent_is_added_with_its_parent() {
        let object = json!({"spec": {"template": {"metadata": {"labels": {}}}}});
        let (path, set) =
            rooted(&object, "/spec/template/metadata/annotations/a~1b", Some(json!("x"))).unwrap();
        assert_eq!(path, "/spec/template/metadata/annotations");
        assert_eq!(set, Some(json!({"a/b": "x"})));
    }
}

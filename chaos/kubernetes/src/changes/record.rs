//! What a fault notes on the object that it changes, in the same patch as the change: who, until
//! when, and how it was.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::client::error::KubeError;

/// What the annotations that hold records begin with; what follows names what was changed.
pub(crate) const PREFIX: &str = "revert.brunt.dev/";

/// The label that everything carries that a run puts into a cluster.
pub(crate) const RUN: &str = "brunt.dev/run";

/// The label that says which namespace something belongs to that is in none.
pub(crate) const NAMESPACE: &str = "brunt.dev/namespace";

/// Which run, and until when it may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunLease {
    pub(crate) run: String,
    pub(crate) expires: Timestamp,
}

/// One value that was changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Edit {
    /// A JSON pointer.
    pub(crate) path: String,
    /// The value before; nothing was there when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) was: Option<Value>,
    /// The value now; it was taken away when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) set: Option<Value>,
}

/// A note on a changed object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ChangeRecord {
    #[serde(flatten)]
    pub(crate) lease: RunLease,
    /// The namespace that the run was about: nodes are in none.
    pub(crate) namespace: String,
    pub(crate) edits: Vec<Edit>,
}

/// A record and the annotation that holds it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredRecord {
    pub(crate) slot: String,
    pub(crate) record: ChangeRecord,
}

/// The records on an object. One that cannot be read is an error: it must not be passed
/// over in silence.
pub(crate) fn stored_records(object: &Value) -> Result<Vec<StoredRecord>, KubeError> {
    let annotations = object.pointer("/metadata/annotations").and_then(Value::as_object);
    let ours = annotations
        .into_iter()
        .flatten()
        .filter_map(|(key, text)| Some((key.strip_prefix(PREFIX)?, text)));
    ours.map(|(slot, text)| {
        let record = serde_json::from_str(text.as_str().unwrap_or_default()).map_err(|error| {
            KubeError::Other(format!(
                "the annotation {PREFIX}{slot} cannot be read ({error}); put it back by hand"
            ))
        })?;
        Ok(StoredRecord { slot: slot.to_owned(), record })
    })
    .collect()
}

/// The operation that makes a patch fail when the object has changed since it was read.
pub(crate) fn unchanged(object: &Value) -> Value {
    let version = object.pointer("/metadata/resourceVersion").cloned().unwrap_or_default();
    json!({"op": "test", "path": "/metadata/resourceVersion", "value": version})
}

/// The operations that write a record.
pub(crate) fn write(object: &Value, slot: &str, record: &ChangeRecord) -> Vec<Value> {
    let text = serde_json::to_string(record).unwrap_or_default();
    let annotation = json!({"op": "add", "path": pointer(slot), "value": text});
    match object.pointer("/metadata/annotations") {
        Some(Value::Object(_)) => vec![annotation],
        _ => vec![json!({"op": "add", "path": "/metadata/annotations", "value": {}}), annotation],
    }
}

/// The operation that takes a record away.
pub(crate) fn erase(slot: &str) -> Value {
    json!({"op": "remove", "path": pointer(slot)})
}

fn pointer(slot: &str) -> String {
    format!("/metadata/annotations/{}", escaped(&format!("{PREFIX}{slot}")))
}

/// A key as a part of a JSON pointer.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The operation that makes a value so.
pub(crate) fn operation(object: &Value, path: &str, value: Option<&Value>) -> Option<Value> {
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
            found.len() == set.len() && found.iter().zip(set).all(|(found, set)| covers(found, set))
        }
        (found, set) => found == set,
    }
}

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
    let key = leaf.replace("~1", "/").replace("~0", "~");
    rooted(object, parent, set.map(|value| json!({key: value})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_fills_in_is_no_drift() {
        let set = json!({"httpGet": {"path": "/nowhere", "port": 80}});
        assert!(covers(
            &json!({"httpGet": {"path": "/nowhere", "port": 80, "scheme": "HTTP"}, "periodSeconds": 10}),
            &set
        ));
        assert!(!covers(&json!({"httpGet": {"path": "/ok", "port": 80}}), &set));
        assert!(!covers(&json!([1, 2]), &json!([1])));
    }

    #[test]
    fn what_the_server_leaves_out_as_it_is_empty_is_no_drift() {
        assert!(covers(&json!([{"name": "FILE"}]), &json!([{"name": "FILE", "value": ""}])));
        assert!(!covers(&json!([{"name": "FILE"}]), &json!([{"name": "FILE", "value": "x"}])));
        assert!(!covers(
            &json!([{"name": "FILE", "value": "x"}]),
            &json!([{"name": "FILE", "value": ""}])
        ));
    }

    #[test]
    fn an_edit_below_nothing_adds_the_parent() {
        let object = json!({"spec": {"template": {"metadata": {"labels": {}}}}});
        let (path, set) =
            rooted(&object, "/spec/template/metadata/annotations/a~1b", Some(json!("x"))).unwrap();
        assert_eq!(path, "/spec/template/metadata/annotations");
        assert_eq!(set, Some(json!({"a/b": "x"})));
    }

    #[test]
    fn a_record_that_cannot_be_read_is_not_passed_over() {
        let object =
            json!({"metadata": {"annotations": {"revert.brunt.dev/replicas": "?", "other": "x"}}});
        assert!(
            stored_records(&object).unwrap_err().to_string().contains("revert.brunt.dev/replicas")
        );
        assert_eq!(stored_records(&json!({"metadata": {}})).unwrap(), []);
    }
}

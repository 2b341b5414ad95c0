//! The record of a change, which is an annotation of the changed object: the run, when it expires,
//! and each value before and after.
//!
//! It is written in the same patch as the change, so that there is no moment in which an object is
//! changed and nothing says how to restore it.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::error::KubeError;
use crate::client::labels::RECORD_PREFIX;

/// A run, and when others may restore its changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunLease {
    pub(crate) run: String,
    pub(crate) expires: Timestamp,
}

/// One value that was changed, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Edit {
    /// JSON pointer of the value.
    pub(crate) path: String,
    /// The value before; nothing was there when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) was: Option<Value>,
    /// The value now; it was taken away when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) set: Option<Value>,
}

/// All that one fault has changed in an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ChangeRecord {
    #[serde(flatten)]
    pub(crate) lease: RunLease,
    /// The namespace that the run was about: nodes are in none.
    pub(crate) namespace: String,
    pub(crate) edits: Vec<Edit>,
}

/// A record, and the slot in the name of the annotation that holds it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredRecord {
    pub(crate) slot: String,
    pub(crate) record: ChangeRecord,
}

/// The records on an object. One that cannot be read is an error: skipping it would leave the
/// object changed for ever.
pub(crate) fn stored_records(object: &Value) -> Result<Vec<StoredRecord>, KubeError> {
    let annotations = object.pointer("/metadata/annotations").and_then(Value::as_object);
    let ours = annotations
        .into_iter()
        .flatten()
        .filter_map(|(key, text)| Some((key.strip_prefix(RECORD_PREFIX)?, text)));
    ours.map(|(slot, text)| {
        let record = serde_json::from_str(text.as_str().unwrap_or_default()).map_err(|source| {
            KubeError::UnreadableRecord { annotation: format!("{RECORD_PREFIX}{slot}"), source }
        })?;
        Ok(StoredRecord { slot: slot.to_owned(), record })
    })
    .collect()
}

/// Whether the annotations of an object are those of its owner: a Deployment's controller copies
/// them to its ReplicaSets, and a record there says nothing of the ReplicaSet.
pub(super) fn is_copied(kind: &str, meta: &ObjectMeta) -> bool {
    let owners = meta.owner_references.iter().flatten();
    kind == "ReplicaSet" && owners.into_iter().any(|owner| owner.controller == Some(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_that_a_controller_has_copied_to_its_replica_set_is_none() {
        let owner = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop",
            "uid": "u", "controller": true});
        let owned = serde_json::from_value(json!({"ownerReferences": [owner]})).unwrap();
        assert!(is_copied("ReplicaSet", &owned));
        assert!(!is_copied("Deployment", &owned), "an operator's own is changed itself");
        assert!(!is_copied("ReplicaSet", &ObjectMeta::default()));
    }

    #[test]
    fn a_record_that_cannot_be_read_is_an_error() {
        let object =
            json!({"metadata": {"annotations": {"revert.brunt.dev/replicas": "?", "other": "x"}}});
        assert!(
            stored_records(&object).unwrap_err().to_string().contains("revert.brunt.dev/replicas")
        );
        assert_eq!(stored_records(&json!({"metadata": {}})).unwrap(), []);
    }
}

//! What a fault would destroy that nobody could bring back. Decided from the object alone, before
//! anything is touched. Pure, but for [`dependents`].

pub(crate) mod dependents;

use serde_json::Value;

use crate::client::irreversible_error::IrreversibleError;
use crate::client::object::ObjectRef;

/// Where a StatefulSet says what becomes of its volume claims.
const POLICY: &str = "/spec/persistentVolumeClaimRetentionPolicy";

/// Whether an object can be deleted and made again without loss.
///
/// # Errors
/// With what would be lost, or who would interfere.
pub(crate) fn removal(object: &ObjectRef, found: &Value) -> Result<(), IrreversibleError> {
    let object = object.to_string();
    if is_going(found) {
        return Err(IrreversibleError::Going { object });
    }
    if deletes_claims(found, "whenDeleted") {
        let (when, field) = ("deleted", "whenDeleted");
        return Err(IrreversibleError::Claims { object, when, field });
    }
    if let Some(finalizer) = finalizers(found).first() {
        return Err(IrreversibleError::Finalizer { object, finalizer: (*finalizer).to_owned() });
    }
    match owner(found, |_| true) {
        Some(owner) => Err(IrreversibleError::Owned { object, owner }),
        None => Ok(()),
    }
}

/// Whether an object can have fewer replicas, and as many as before again, without loss.
///
/// # Errors
/// With what would be lost, or who would interfere.
pub(crate) fn scale_in(object: &ObjectRef, found: &Value) -> Result<(), IrreversibleError> {
    let object = object.to_string();
    if deletes_claims(found, "whenScaled") {
        let (when, field) = ("scaled in", "whenScaled");
        return Err(IrreversibleError::Claims { object, when, field });
    }
    // An owner that does not control it has no say in its replicas.
    match owner(found, |owner| owner["controller"] == true) {
        Some(owner) => Err(IrreversibleError::Owned { object, owner }),
        None => Ok(()),
    }
}

/// Whether an object with so many replicas can have more, and as many as before again,
/// without leaving anything.
///
/// # Errors
/// With what would be left.
pub(crate) fn scale_out(
    object: &ObjectRef,
    found: &Value,
    replicas: u64,
) -> Result<(), IrreversibleError> {
    match has_claims(found) {
        // Nobody but the user may delete a claim, whoever has made it: there may be data in it.
        true => Err(IrreversibleError::ClaimsStay { object: object.to_string(), replicas }),
        false => Ok(()),
    }
}

/// Whether an object is being deleted.
pub(crate) fn is_going(found: &Value) -> bool {
    found.pointer("/metadata/deletionTimestamp").is_some()
}

/// What must be done by others before an object goes.
pub(crate) fn finalizers(found: &Value) -> Vec<&str> {
    let all = found.pointer("/metadata/finalizers").and_then(Value::as_array);
    all.into_iter().flatten().filter_map(Value::as_str).collect()
}

fn deletes_claims(found: &Value, field: &str) -> bool {
    has_claims(found) && found.pointer(POLICY).is_some_and(|policy| policy[field] == "Delete")
}

fn has_claims(found: &Value) -> bool {
    let templates = found.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array);
    templates.is_some_and(|all| !all.is_empty())
}

/// Kind and name of the first owner of which this holds.
fn owner(found: &Value, holds: impl Fn(&Value) -> bool) -> Option<String> {
    let all = found.pointer("/metadata/ownerReferences").and_then(Value::as_array);
    let text = |owner: &Value, key: &str| owner[key].as_str().unwrap_or_default().to_owned();
    let mut owners = all.into_iter().flatten().filter(|owner| holds(owner));
    owners.next().map(|owner| format!("{} {}", text(owner, "kind"), text(owner, "name")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::object::ObjectKind;

    fn why(
        decide: impl Fn(&ObjectRef, &Value) -> Result<(), IrreversibleError>,
        found: &Value,
    ) -> String {
        let object = ObjectRef::new(ObjectKind::StatefulSet, "db");
        decide(&object, found).err().map(|error| error.to_string()).unwrap_or_default()
    }

    fn set(policy: &Value) -> Value {
        json!({"metadata": {}, "spec": {
            "volumeClaimTemplates": [{}], "persistentVolumeClaimRetentionPolicy": policy}})
    }

    #[test]
    fn claims_that_go_with_their_set_keep_it_from_being_removed() {
        let deleted = set(&json!({"whenDeleted": "Delete", "whenScaled": "Retain"}));
        assert!(why(removal, &deleted).contains("whenDeleted: Delete"));
        assert_eq!(why(scale_in, &deleted), "");
        let scaled = set(&json!({"whenDeleted": "Retain", "whenScaled": "Delete"}));
        assert!(why(scale_in, &scaled).contains("whenScaled: Delete"));
        assert_eq!(why(removal, &scaled), "");
        let more = |object: &ObjectRef, found: &Value| scale_out(object, found, 2);
        assert!(why(more, &scaled).contains("stay when it is scaled back"));
        let mut without = deleted;
        without["spec"]["volumeClaimTemplates"] = json!([]);
        assert_eq!(why(removal, &without), "", "there are no claims to go");
        assert_eq!(why(more, &without), "");
        assert_eq!(why(removal, &json!({"metadata": {}, "spec": {}})), "", "kept by default");
    }

    #[test]
    fn an_object_that_others_decide_about_is_not_removed() {
        let meta = |meta: Value| json!({"metadata": meta, "spec": {}});
        let held = meta(json!({"finalizers": ["example.org/wait"]}));
        assert!(why(removal, &held).contains("example.org/wait"));
        assert_eq!(why(scale_in, &held), "", "it is not deleted by this");
        let owned = |controller: bool| {
            let owner = json!({"kind": "Shop", "name": "a", "controller": controller});
            meta(json!({"ownerReferences": [owner]}))
        };
        assert!(why(removal, &owned(false)).contains("Shop a"));
        assert_eq!(why(scale_in, &owned(false)), "");
        assert!(why(scale_in, &owned(true)).contains("Shop a"));
        assert!(why(removal, &meta(json!({"deletionTimestamp": "x"}))).contains("deleted already"));
    }
}

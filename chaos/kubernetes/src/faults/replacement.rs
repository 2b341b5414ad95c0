//! Whether a change of a workload's pod template replaces any pod. Where it does not, the fault
//! would do nothing, and a run would pass because nothing happened.

use serde_json::Value;

use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ObjectKind, ObjectRef};

/// Reads a workload, and refuses one whose pods would all stay as they are.
pub(crate) async fn read(cluster: &Cluster, object: &ObjectRef) -> Result<Value, KubeError> {
    let found = object.read(cluster).await?;
    let bare = (object.kind == ObjectKind::ReplicaSet)
        .then(|| "a ReplicaSet replaces none; use `kill`".to_owned());
    match bare.or_else(|| why_nothing(&found)) {
        Some(why) => Err(KubeError::NothingReplaced { object: object.to_string(), why }),
        None => Ok(found),
    }
}

/// How many of a workload's pods a rollout replaces, at most; `None` for all.
pub(super) fn at_most(found: &Value) -> Option<u64> {
    let number = |path: &str| found.pointer(path).and_then(Value::as_u64);
    let partition = number("/spec/updateStrategy/rollingUpdate/partition")?;
    let first = number("/spec/ordinals/start").unwrap_or(0);
    let behind_last = first + number("/spec/replicas").unwrap_or(1);
    Some(behind_last.saturating_sub(partition.max(first)))
}

fn why_nothing(found: &Value) -> Option<String> {
    if found.pointer("/spec/paused") == Some(&Value::Bool(true)) {
        return Some("it is paused; `kubectl rollout resume` ends that".to_owned());
    }
    if found.pointer("/spec/updateStrategy/type").is_some_and(|kind| kind == "OnDelete") {
        return Some("its update strategy is OnDelete; use `kill`".to_owned());
    }
    (at_most(found)? == 0).then(|| "the partition of its update strategy spares all".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_workload_that_replaces_no_pod_says_why() {
        let why = |spec: Value| why_nothing(&json!({"spec": spec})).unwrap_or_default();
        assert!(why(json!({"paused": true})).contains("paused"));
        assert!(why(json!({"updateStrategy": {"type": "OnDelete"}})).contains("OnDelete"));
        let part = |partition: u32, start: u32| {
            json!({"replicas": 2, "ordinals": {"start": start}, "updateStrategy": {
                "type": "RollingUpdate", "rollingUpdate": {"partition": partition}}})
        };
        assert!(why(part(5, 0)).contains("partition"));
        assert!(why(part(2, 0)).contains("partition"));
        assert_eq!(why(part(1, 0)), "");
        assert_eq!(why(part(5, 4)), "", "the last of its pods has the number 5");
        assert_eq!(why(json!({"paused": false, "replicas": 0})), "");
    }

    #[test]
    fn a_partition_limits_how_many_pods_are_replaced() {
        let part = |partition: u32| {
            at_most(&json!({"spec": {"replicas": 3, "updateStrategy": {
                "rollingUpdate": {"partition": partition}}}}))
        };
        assert_eq!([0, 1, 3, 9].map(part), [Some(3), Some(2), Some(0), Some(0)]);
        assert_eq!(at_most(&json!({"spec": {"replicas": 3}})), None);
    }
}

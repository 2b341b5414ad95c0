//! Whether a change of a workload's pod template replaces any pod. Where it does not, the fault
//! would do nothing, and a run would pass because nothing happened.

use std::time::Duration;

use brunt_faults::TargetError;
use serde_json::Value;
use tokio::time::Instant;

use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::no_effect_error::NoEffectError;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::observe::argo_rollout;
use crate::observe::watcher::Observer;
use crate::observe::workload::Workload;

/// Between two looks at what a workload's controller says of itself.
const LOOK: Duration = Duration::from_secs(1);

/// How long a controller may say that it cannot make pods: another pod may be about to leave.
const FAILS: Duration = Duration::from_secs(4);

/// Reads a workload of which the pod template is to be changed, and refuses one whose pods would
/// all stay as they are, or be replaced only when somebody says so.
pub(crate) async fn read(cluster: &Cluster, object: &ObjectRef) -> Result<Value, KubeError> {
    let found = read_for_restart(cluster, object).await?;
    let shown = || object.to_string();
    if let Some(described) = found.pointer("/spec/workloadRef/name").and_then(Value::as_str) {
        let why = format!(
            "its pods are made by the template of another workload, {described}, that its \
             workloadRef names; use `rollout` or `kill`"
        );
        return Err(NoEffectError::NothingReplaced { object: shown(), why }.into());
    }
    match argo_rollout::waits_for_promotion(&found) {
        Some(why) => Err(NoEffectError::WaitsForPromotion { object: shown(), why }.into()),
        None => Ok(found),
    }
}

/// Reads a workload whose pods are to be replaced as they are.
pub(crate) async fn read_for_restart(
    cluster: &Cluster,
    object: &ObjectRef,
) -> Result<Value, KubeError> {
    let found = object.read(cluster).await?;
    let bare = (object.kind == ObjectKind::ReplicaSet)
        .then(|| "a ReplicaSet replaces none; use `kill`".to_owned());
    match bare.or_else(|| why_nothing(&found)) {
        Some(why) => Err(NoEffectError::NothingReplaced { object: object.to_string(), why }.into()),
        None => Ok(found),
    }
}

/// Waits until a service has other pods than these: until the first has been replaced, or a new one
/// runs. A quota, a policy or a full cluster may keep a rollout from ever beginning.
///
/// # Errors
/// When its pods stay as they are for so long, or its controller says that it can make none.
pub(crate) async fn until_begun(
    cluster: &Cluster,
    observer: &Observer,
    (service, workload): (&str, &Workload),
    before: &[u32],
    within: Duration,
) -> Result<(), TargetError> {
    let now = || observer.state().pods(service).iter().map(|pod| pod.number).collect::<Vec<_>>();
    let began = Instant::now();
    let mut changes = observer.changes();
    let mut failing_since = None;
    loop {
        let differ = changes.wait_for(|()| now() != before);
        if tokio::time::timeout(LOOK, differ).await.is_ok() {
            return Ok(());
        }
        // Whether it can be asked or not, pods are what counts.
        let found = workload.object.read(cluster).await.unwrap_or_default();
        let failure = replica_failure(&found);
        let since = failure.as_ref().map(|_| *failing_since.get_or_insert_with(Instant::now));
        failing_since = since;
        let fails = since.is_some_and(|since| since.elapsed() >= FAILS);
        if fails || began.elapsed() >= within {
            let pending = || observer.state().why_pending(service);
            let unknown = || "nothing says why".to_owned();
            return Err(TargetError::platform(NoEffectError::NoneReplaced {
                service: service.to_owned(),
                seconds: began.elapsed().as_secs(),
                why: failure.or_else(pending).unwrap_or_else(unknown),
            }));
        }
    }
}

/// Why a workload's controller can make no pods, in the words of the API server.
fn replica_failure(found: &Value) -> Option<String> {
    let conditions = found.pointer("/status/conditions")?.as_array()?;
    let failure =
        conditions.iter().find(|one| one["type"] == "ReplicaFailure" && one["status"] == "True")?;
    failure["message"].as_str().map(str::to_owned)
}

/// How many of a workload's pods a rollout replaces, at most; `None` for all.
pub(super) fn at_most(found: &Value) -> Option<u64> {
    let number = |path: &str| found.pointer(path).and_then(Value::as_u64);
    // Pods of a StatefulSet with an ordinal below it keep the version that they have.
    let partition = number("/spec/updateStrategy/rollingUpdate/partition")?;
    let first = number("/spec/ordinals/start").unwrap_or(0);
    let behind_last = first + number("/spec/replicas").unwrap_or(1);
    Some(behind_last.saturating_sub(partition.max(first)))
}

fn why_nothing(found: &Value) -> Option<String> {
    if found.pointer("/spec/paused") == Some(&Value::Bool(true)) {
        return Some(
            "it is paused; `kubectl rollout resume`, or `spec.paused`, ends that".to_owned(),
        );
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
    fn a_controller_that_can_make_no_pods_says_why() {
        let status = |status: &str| {
            json!({"status": {"conditions": [
                {"type": "Available", "status": "True", "message": "fine"},
                {"type": "ReplicaFailure", "status": status, "message": "exceeded quota"}]}})
        };
        assert_eq!(replica_failure(&status("True")).as_deref(), Some("exceeded quota"));
        assert_eq!(replica_failure(&status("False")), None);
        assert_eq!(replica_failure(&json!({})), None);
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

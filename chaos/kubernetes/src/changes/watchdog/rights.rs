//! The rights of the watchdog's service account.

use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::Api;
use serde_json::{Value, json};

use crate::changes::changer::Changer;
use crate::changes::revert::delete_node_rights;
use crate::changes::selection::{Reverted, RunSelector};
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::labels::{EXPIRES, NAMESPACE, RUN};

/// Kinds of workloads.
const WORKLOADS: [&str; 4] = ["deployments", "statefulsets", "daemonsets", "replicasets"];

/// An account that may restore what faults change in the namespace, and nothing else.
pub(super) async fn in_namespace(
    changer: &Changer,
    name: &str,
    owner: &Value,
) -> Result<(), KubeError> {
    let (lease, namespace) = (changer.lease(), &changer.cluster().namespace);
    let meta = json!({"name": name, "labels": {RUN: lease.run}, "ownerReferences": [owner]});
    let role = json!({"metadata": meta, "rules": [
        rule("apps", &WORKLOADS, &["get", "list", "patch", "create"]),
        rule("autoscaling", &["horizontalpodautoscalers"], &["get", "list", "patch"]),
        rule("policy", &["poddisruptionbudgets"], &["get", "list", "patch"]),
        rule("", &["services", "configmaps"], &["get", "list", "patch", "delete"]),
        rule("", &["pods"], &["list", "delete"]),
        rule("batch", &["jobs"], &["list", "delete"]),
    ]});
    let binding = json!({
        "metadata": meta,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
    });
    let writer = changer.writer();
    let account = json!({"metadata": meta});
    writer.create::<ServiceAccount>("create the watchdog's account", account).await?;
    writer.create::<Role>("give the watchdog its rights", role).await?;
    writer.create::<RoleBinding>("give the watchdog its rights", binding).await?;
    Ok(())
}

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> Value {
    json!({"apiGroups": [group], "resources": resources, "verbs": verbs})
}

/// Nodes are in no namespace, so neither are the rights to change them. They are deleted when the
/// run's changes are reverted.
pub(super) async fn on_nodes(changer: &Changer, name: &str) -> Result<(), KubeError> {
    // A run that was killed after its role was made, and before that was bound, has left a role
    // that no account has.
    let cluster = changer.cluster();
    let expired = RunSelector::Expired.as_of(jiff::Timestamp::now());
    delete_node_rights(cluster, expired, &mut Reverted::default()).await;
    let lease = changer.lease();
    let labels = json!({RUN: lease.run, NAMESPACE: cluster.namespace});
    let annotations = json!({EXPIRES: lease.expires.to_string()});
    let mut meta = json!({"name": name, "labels": labels, "annotations": annotations});
    let own_role = json!({"apiGroups": ["rbac.authorization.k8s.io"],
        "resources": ["clusterroles"], "resourceNames": [name], "verbs": ["delete"]});
    meta["ownerReferences"] = json!(namespace_as_owner(cluster).await?);
    let role = json!({"metadata": meta, "rules": [
        rule("", &["nodes"], &["get", "list", "patch"]),
        rule("rbac.authorization.k8s.io", &["clusterroles"], &["list"]),
        own_role,
    ]});
    let what = "give the watchdog rights on nodes";
    let roles: Api<ClusterRole> = Api::all(cluster.client.clone());
    let role = changer.writer().create_in(what, &roles, role).await?;
    // Owned by the role, so that one delete takes both: the watchdog may delete its own role, and
    // has no right to delete bindings.
    meta["ownerReferences"] = json!([{
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "name": name,
        "uid": role.metadata.uid,
    }]);
    let binding = json!({
        "metadata": meta,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [
            {"kind": "ServiceAccount", "name": name, "namespace": cluster.namespace}],
    });
    let bindings: Api<ClusterRoleBinding> = Api::all(cluster.client.clone());
    changer.writer().create_in(what, &bindings, binding).await?;
    Ok(())
}

/// The namespace as the owner of what is in none: with it, rights go that only its runs need. None
/// where the account may not read namespaces.
async fn namespace_as_owner(cluster: &Cluster) -> Result<Vec<Value>, KubeError> {
    let all: Api<Namespace> = Api::all(cluster.client.clone());
    let found = match call_api("read the namespace", all.get_opt(&cluster.namespace)).await {
        Err(KubeError::Forbidden { .. }) => None,
        found => found?,
    };
    let owner = found.map(|namespace| {
        json!({"apiVersion": "v1", "kind": "Namespace", "name": cluster.namespace,
            "uid": namespace.metadata.uid})
    });
    Ok(owner.into_iter().collect())
}

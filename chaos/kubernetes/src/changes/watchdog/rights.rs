//! What the account of the Job that puts things back may do.

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::Api;
use kube::api::PostParams;
use serde_json::{Value, json};

use super::{made, name};
use crate::changes::record::{NAMESPACE, RUN, RunLease};
use crate::changes::revert::{self, EXPIRES, Reverted, RunSelector};
use crate::client::connect::Cluster;
use crate::client::error::KubeError;

/// An account that may put back what faults change in the namespace, and no more.
pub(super) async fn in_namespace(
    cluster: &Cluster,
    lease: &RunLease,
    owner: &Value,
) -> Result<(), KubeError> {
    let name = name(lease);
    let meta = json!({"name": name, "labels": {RUN: lease.run}, "ownerReferences": [owner]});
    let change = ["get", "list", "patch"];
    let role = json!({"metadata": meta, "rules": [
        {"apiGroups": ["apps"], "resources": ["deployments", "statefulsets"], "verbs": ["get", "list", "patch", "create"]},
        {"apiGroups": ["autoscaling"], "resources": ["horizontalpodautoscalers"], "verbs": change},
        {"apiGroups": ["policy"], "resources": ["poddisruptionbudgets"], "verbs": change},
        {"apiGroups": [""], "resources": ["services", "configmaps"], "verbs": ["get", "list", "patch", "delete"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "delete"]},
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["list", "delete"]},
    ]});
    let binding = json!({
        "metadata": meta,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": cluster.namespace}],
    });
    let params = PostParams::default();
    let accounts = cluster.api::<ServiceAccount>();
    let account = made(json!({"metadata": meta}))?;
    KubeError::bounded(
        "make an account for putting things back",
        accounts.create(&params, &account),
    )
    .await?;
    let roles = cluster.api::<Role>();
    KubeError::bounded("give that account its rights", roles.create(&params, &made(role)?)).await?;
    let bindings = cluster.api::<RoleBinding>();
    KubeError::bounded("give that account its rights", bindings.create(&params, &made(binding)?))
        .await?;
    Ok(())
}

/// Nodes are in no namespace, so the rights to change them are not either; they go when the run's
/// changes are put back.
pub(super) async fn on_nodes(cluster: &Cluster, lease: &RunLease) -> Result<(), KubeError> {
    // A run that was killed after it had made its role, and before that was bound, has left one
    // that nobody could use.
    revert::rights_on_nodes(cluster, &RunSelector::Expired, &mut Reverted::default()).await;
    let name = name(lease);
    let labels = json!({RUN: lease.run, NAMESPACE: cluster.namespace});
    let mut meta = json!({"name": name, "labels": labels, "annotations": {EXPIRES: lease.expires.to_string()}});
    let role = json!({"metadata": meta, "rules": [
        {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list", "patch"]},
        {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "verbs": ["list"]},
        {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "resourceNames": [name],
            "verbs": ["delete"]},
    ]});
    let params = PostParams::default();
    let what = "give the Job rights on nodes";
    let roles: Api<ClusterRole> = Api::all(cluster.client.clone());
    let role = KubeError::bounded(what, roles.create(&params, &made(role)?)).await?;
    meta["ownerReferences"] = json!([{
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "name": name, "uid": role.metadata.uid,
    }]);
    let binding = json!({
        "metadata": meta,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": cluster.namespace}],
    });
    let bindings: Api<ClusterRoleBinding> = Api::all(cluster.client.clone());
    KubeError::bounded(what, bindings.create(&params, &made(binding)?)).await?;
    Ok(())
}

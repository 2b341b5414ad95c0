//! The rights of the watchdog's service account.

use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::Api;
use serde_json::{Value, json};

use super::scope::WatchdogScope;
use crate::changes::changer::Changer;
use crate::changes::copy_digests;
use crate::changes::revert::delete_node_rights;
use crate::changes::selection::{Reverted, RunSelector};
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::labels::{EXPIRES, NAMESPACE, RUN};

const RBAC: &str = "rbac.authorization.k8s.io";

/// Kinds of workloads.
const WORKLOADS: [&str; 4] = ["deployments", "statefulsets", "daemonsets", "replicasets"];

/// An account that may restore what faults change in the namespace, and nothing else.
pub(super) async fn in_namespace(
    changer: &Changer,
    name: &str,
    owner: &Value,
    scope: &WatchdogScope,
) -> Result<(), KubeError> {
    let (lease, namespace) = (changer.lease(), &changer.cluster().namespace);
    let meta = json!({"name": name, "labels": {RUN: lease.run}, "ownerReferences": [owner]});
    let role = json!({"metadata": meta, "rules": rules(scope)});
    let binding = binding(&meta, "Role", name, namespace);
    let writer = changer.writer();
    let account = json!({"metadata": meta});
    writer.create::<ServiceAccount>("create the watchdog's account", account).await?;
    writer.create::<Role>("give the watchdog its rights", role).await?;
    writer.create::<RoleBinding>("give the watchdog its rights", binding).await?;
    Ok(())
}

/// The same rights for that account in another namespace. Nothing there can be owned by the Job, so
/// they are deleted when the run's changes there are reverted.
pub(super) async fn in_other_namespace(
    changer: &Changer,
    name: &str,
    other: &str,
    scope: &WatchdogScope,
) -> Result<(), KubeError> {
    let (lease, home) = (changer.lease(), &changer.cluster().namespace);
    let (labels, annotations) =
        (json!({RUN: lease.run}), json!({EXPIRES: lease.expires.to_string()}));
    let mut meta = json!({"name": name, "labels": labels, "annotations": annotations});
    let mut rules = rules(scope);
    rules.push(rule(RBAC, &["roles"], &["list"]));
    rules.push(json!({"apiGroups": [RBAC], "resources": ["roles"], "resourceNames": [name],
        "verbs": ["delete"]}));
    let (what, there) = ("give the watchdog rights in another namespace", changer.within(other));
    let role = json!({"metadata": meta, "rules": rules});
    let role: Role = there.writer().create(what, role).await?;
    owned_by_role(&mut meta, "Role", name, role.metadata.uid.as_deref());
    there.writer().create::<RoleBinding>(what, binding(&meta, "Role", name, home)).await?;
    Ok(())
}

fn rules(scope: &WatchdogScope) -> Vec<Value> {
    let mut rules = vec![
        rule("apps", &WORKLOADS, &["get", "list", "patch", "create"]),
        rule("autoscaling", &["horizontalpodautoscalers"], &["get", "list", "patch"]),
        rule("policy", &["poddisruptionbudgets"], &["get", "list", "patch"]),
        rule("", &["services", "configmaps"], &["get", "list", "patch", "delete"]),
        rule("", &["pods"], &["list", "delete"]),
        rule("batch", &["jobs"], &["list", "delete"]),
    ];
    if scope.removed {
        let mut vouched = rule("", &["secrets"], &["get", "patch", "delete"]);
        vouched["resourceNames"] = json!([copy_digests::SECRET]);
        rules.push(vouched);
    }
    // Nobody can give rights that he does not have, and most accounts need none on these.
    if scope.rollouts {
        rules.push(rule("argoproj.io", &["rollouts"], &["get", "list", "patch", "create"]));
    }
    rules
}

/// The binding of a role to the watchdog's account.
fn binding(meta: &Value, kind: &str, name: &str, namespace: &str) -> Value {
    json!({
        "metadata": meta,
        "roleRef": {"apiGroup": RBAC, "kind": kind, "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
    })
}

/// Has a binding go with its role, so that one delete takes both: the watchdog may delete its own
/// role, and has no right to delete bindings.
fn owned_by_role(meta: &mut Value, kind: &str, name: &str, uid: Option<&str>) {
    meta["ownerReferences"] =
        json!([{"apiVersion": format!("{RBAC}/v1"), "kind": kind, "name": name, "uid": uid}]);
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
    let own_role = json!({"apiGroups": [RBAC],
        "resources": ["clusterroles"], "resourceNames": [name], "verbs": ["delete"]});
    meta["ownerReferences"] = json!(namespace_as_owner(cluster).await?);
    let role = json!({"metadata": meta, "rules": [
        rule("", &["nodes"], &["get", "list", "patch"]),
        rule(RBAC, &["clusterroles"], &["list"]),
        own_role,
    ]});
    let what = "give the watchdog rights on nodes";
    let roles: Api<ClusterRole> = Api::all(cluster.client.clone());
    let role = changer.writer().create_in(what, &roles, role).await?;
    owned_by_role(&mut meta, "ClusterRole", name, role.metadata.uid.as_deref());
    let binding = binding(&meta, "ClusterRole", name, &cluster.namespace);
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

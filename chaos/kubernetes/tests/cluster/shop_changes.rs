//! A shop that is not as it should be, and accounts on it.

use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::shop::{Shop, resource};

impl Shop {
    /// Takes away what the autoscaler measures by, and gives it room.
    pub async fn no_requests(&self) {
        let none = json!({"spec": {"template": {"spec": {"containers": [{"name": "service", "resources": null}]}}}});
        self.patch("Deployment", Patch::Strategic(none)).await;
        self.patch("HorizontalPodAutoscaler", Patch::Merge(json!({"spec": {"maxReplicas": 4}})))
            .await;
    }

    /// An account of this name, with these rights in the namespace; new rights take the place
    /// of those before.
    pub async fn give(&self, name: &str, rules: Value) {
        let rights = "rbac.authorization.k8s.io";
        let subjects =
            json!([{"kind": "ServiceAccount", "name": name, "namespace": self.namespace}]);
        let role = json!({"apiGroup": rights, "kind": "Role", "name": name});
        let meta = json!({"name": name});
        let all = [
            ("v1", "ServiceAccount", "serviceaccounts", json!({"metadata": meta})),
            (
                "rbac.authorization.k8s.io/v1",
                "Role",
                "roles",
                json!({"metadata": meta, "rules": rules}),
            ),
            (
                "rbac.authorization.k8s.io/v1",
                "RoleBinding",
                "rolebindings",
                json!({"metadata": meta, "roleRef": role, "subjects": subjects}),
            ),
        ];
        for (version, kind, plural, mut value) in all {
            value["apiVersion"] = json!(version);
            value["kind"] = json!(kind);
            let (group, version) = version.split_once('/').unwrap_or(("", version));
            let params = PatchParams::apply("a-test").force();
            let api = self.api(&resource(group, version, kind, plural));
            api.patch(name, &params, &Patch::Apply(value)).await.unwrap();
        }
    }
}

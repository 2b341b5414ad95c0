//! Changes of the shop that others make: budgets, constraints, accounts, and what is missing.

use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::shop::{Shop, resource};

impl Shop {
    /// A budget under which no pod may be evicted.
    pub async fn guard(&self) {
        let budget = json!({"metadata": {"name": "shop"},
            "spec": {"maxUnavailable": 0, "selector": {"matchLabels": {"app": "shop"}}}});
        self.make("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", budget).await;
    }

    /// Asks for its replicas to be on different nodes.
    pub async fn spread(&self) {
        let constraint = json!({
            "maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app": "shop"}},
        });
        let patch =
            json!({"spec": {"template": {"spec": {"topologySpreadConstraints": [constraint]}}}});
        self.patch("Deployment", Patch::Merge(patch)).await;
    }

    /// Makes the Deployment again, with another number of replicas, as somebody else would.
    pub async fn make_again(&self, mut deployment: Value, replicas: u32) {
        let meta = deployment["metadata"].as_object_mut().unwrap();
        meta.retain(|key, _| key == "name" || key == "labels");
        deployment["spec"]["replicas"] = json!(replicas);
        self.make("apps", "v1", "Deployment", "deployments", deployment).await;
    }

    /// An autoscaler that keeps the service as it is.
    pub async fn add_autoscaler(&self) {
        let autoscaler = json!({"metadata": {"name": "shop"}, "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"},
            "minReplicas": 2, "maxReplicas": 2,
            "metrics": [{"type": "Resource", "resource": {
                "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 90}}}],
        }});
        self.make(
            "autoscaling",
            "v2",
            "HorizontalPodAutoscaler",
            "horizontalpodautoscalers",
            autoscaler,
        )
        .await;
    }

    pub async fn set_replicas(&self, replicas: u32) {
        self.patch("Deployment", Patch::Merge(json!({"spec": {"replicas": replicas}}))).await;
    }

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

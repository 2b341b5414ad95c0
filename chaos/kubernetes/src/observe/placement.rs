//! What protects a workload's replicas from what happens to nodes: how they are spread, and its
//! disruption budget.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use kube::api::ListParams;

use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ObjectKind, ObjectRef};

/// A PodDisruptionBudget with a selector; one without selects nothing that brunt knows.
#[derive(Debug, Clone)]
pub(crate) struct DisruptionBudget {
    pub(crate) object: ObjectRef,
    selector: BTreeMap<String, String>,
}

/// All budgets of the namespace; none where the account may not list them.
pub(crate) async fn budgets(cluster: &Cluster) -> Result<Vec<DisruptionBudget>, KubeError> {
    let api = cluster.api::<PodDisruptionBudget>();
    let params = ListParams::default();
    match call_api("list disruption budgets", api.list(&params)).await {
        Ok(all) => Ok(all.into_iter().filter_map(DisruptionBudget::of).collect()),
        Err(KubeError::Forbidden { .. }) => Ok(vec![]),
        Err(error) => Err(error),
    }
}

impl DisruptionBudget {
    fn of(one: PodDisruptionBudget) -> Option<Self> {
        let object = ObjectRef::new(ObjectKind::DisruptionBudget, one.metadata.name.as_deref()?);
        let selector = one.spec?.selector?.match_labels.filter(|labels| !labels.is_empty())?;
        Some(Self { object, selector })
    }

    /// Whether it selects pods with these labels.
    pub(crate) fn protects(&self, labels: &BTreeMap<String, String>) -> bool {
        self.selector.iter().all(|(key, value)| labels.get(key) == Some(value))
    }
}

/// Whether the scheduler is asked to put replicas on different nodes or zones.
pub(crate) fn is_spread(pod: &PodSpec) -> bool {
    let constraints = pod.topology_spread_constraints.as_ref().is_some_and(|all| !all.is_empty());
    let apart = pod.affinity.as_ref().is_some_and(|affinity| affinity.pod_anti_affinity.is_some());
    constraints || apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_selects_pods_that_have_all_of_its_labels() {
        let labels = |all: &[(&str, &str)]| -> BTreeMap<String, String> {
            all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let budget = DisruptionBudget {
            object: ObjectRef::new(ObjectKind::DisruptionBudget, "shop"),
            selector: labels(&[("app", "shop")]),
        };
        assert!(budget.protects(&labels(&[("app", "shop"), ("version", "2")])));
        assert!(!budget.protects(&labels(&[("app", "stock")])));
    }
}

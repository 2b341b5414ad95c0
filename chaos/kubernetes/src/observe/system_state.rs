//! What is known of the whole system at this moment: of each of its namespaces. Pure.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use indexmap::IndexMap;

use super::pod_state::PodState;
use super::state::NamespaceState;
use super::workload::Workload;

/// All that is known of the services and their pods. Names are names within a namespace, so each
/// has a state of its own; a service is in one of them.
#[derive(Debug, Default)]
pub(crate) struct SystemState(IndexMap<String, NamespaceState>);

impl SystemState {
    pub(crate) fn of(workloads: &IndexMap<String, Workload>) -> Self {
        let mut namespaces = IndexMap::<String, NamespaceState>::new();
        for (service, workload) in workloads {
            let state = namespaces.entry(workload.namespace.clone()).or_default();
            state.add_service(service, workload);
        }
        Self(namespaces)
    }

    /// What is known of a namespace, for its watches.
    pub(super) fn namespace(&mut self, name: &str) -> &mut NamespaceState {
        self.0.entry(name.to_owned()).or_default()
    }

    fn around(&self, service: &str) -> Option<&NamespaceState> {
        self.0.values().find(|state| state.has_service(service))
    }

    /// A service's pods that run and are not being deleted, by their numbers.
    pub(crate) fn pods(&self, service: &str) -> Vec<PodState> {
        self.around(service).map(|state| state.pods(service)).unwrap_or_default()
    }

    /// Whether nothing of a service runs any more, not even a pod that is leaving.
    pub(crate) fn has_gone(&self, service: &str) -> bool {
        self.around(service).is_none_or(|state| state.has_gone(service))
    }

    /// Why a pod of a service is not started, if one is known to wait.
    pub(crate) fn why_pending(&self, service: &str) -> Option<String> {
        self.around(service)?.why_pending(service)
    }

    pub(crate) fn pod_at(&self, service: &str, number: u32) -> Option<PodState> {
        self.around(service)?.pod_at(service, number)
    }

    /// Every known pod, including those that are being deleted.
    pub(crate) fn all_pods(&self) -> impl Iterator<Item = &PodState> {
        self.0.values().flat_map(NamespaceState::all_pods)
    }

    /// Whether a pod is sent requests: it is in the endpoints, or, where no Service leads to it,
    /// its Ready condition holds.
    pub(crate) fn gets_requests(&self, pod: &PodState) -> bool {
        self.around(&pod.service).is_some_and(|state| state.gets_requests(pod))
    }

    /// Counts the endpoints of one more Service for a service. While an edge proxy is in a callee's
    /// place, the callee's pods are behind the Service that was added, and have not become unready.
    pub(crate) fn add_front(&mut self, service: &str, front: &str) {
        if let Some(state) = self.0.values_mut().find(|state| state.has_service(service)) {
            state.add_front(service, front);
        }
    }

    /// Names of the pods that a Service in a service's namespace sends requests to.
    pub(crate) fn endpoints_of(&self, service: &str, front: &str) -> BTreeSet<String> {
        self.around(service).map(|state| state.endpoints_of(front)).unwrap_or_default()
    }

    /// Where connections to a port of a Service in a service's namespace go, in order. The port
    /// is given by its name.
    pub(crate) fn addresses_at(
        &self,
        service: &str,
        front: &str,
        port: Option<&str>,
    ) -> Vec<SocketAddr> {
        self.around(service).map(|state| state.addresses_at(front, port)).unwrap_or_default()
    }

    /// Whether a service's controller has done all that its spec asks for, in this generation or
    /// a later one.
    pub(crate) fn is_settled(&self, service: &str, generation: i64) -> bool {
        self.around(service).is_some_and(|state| state.is_settled(service, generation))
    }

    /// How many replicas a service should have now.
    pub(crate) fn wanted(&self, service: &str) -> Option<u32> {
        self.around(service)?.wanted(service)
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Pod;
    use serde_json::json;

    use super::*;
    use crate::client::object::{ObjectKind, ObjectRef};

    fn workload(namespace: &str) -> Workload {
        let template = json!({"spec": {"containers": []}});
        let rollout = brunt_scenarios::plan::Rollout {
            kind: brunt_scenarios::plan::StrategyKind::RollingUpdate,
            max_surge: 0,
            max_unavailable: 1,
        };
        let object = ObjectRef::new(ObjectKind::StatefulSet, "db");
        let template = serde_json::from_value(template).unwrap();
        let found = Workload::of_template(object, Default::default(), 1, rollout, template);
        Workload { namespace: namespace.to_owned(), ..found.unwrap() }
    }

    #[test]
    fn pods_of_the_same_name_in_two_namespaces_are_two_replicas_of_two_services() {
        let both = [("orders", workload("a")), ("stock", workload("b"))];
        let both = both.map(|(service, workload)| (service.to_owned(), workload));
        let mut state = SystemState::of(&both.into_iter().collect());
        let pod: Pod = serde_json::from_value(json!({
            "metadata": {"name": "db-0", "ownerReferences": [{"apiVersion": "apps/v1",
                "kind": "StatefulSet", "name": "db", "uid": "", "controller": true}]},
            "status": {"containerStatuses": [{"name": "db", "image": "", "imageID": "",
                "ready": true, "restartCount": 0, "state": {"running": {}}}]},
        }))
        .unwrap();
        state.namespace("a").pod(&pod);
        assert_eq!((state.pods("orders").len(), state.pods("stock").len()), (1, 0));
        state.namespace("b").pod(&pod);
        assert_eq!(state.all_pods().count(), 2);
        state.namespace("a").pod_gone("db-0");
        assert_eq!((state.pods("orders").len(), state.pods("stock").len()), (0, 1));
        assert!(state.has_gone("orders") && !state.has_gone("stock"));
    }
}

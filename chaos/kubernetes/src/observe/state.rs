//! What is known of the services in one namespace at this moment. Pure: updates of objects are
//! folded into it (`updates`), and everything else asks it.

mod updates;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use brunt_scenarios::timeline::EventKind;
use indexmap::IndexMap;
use k8s_openapi::api::core::v1::Pod;

use super::endpoint_slice::{SliceAddresses, addresses_at};
use super::ownership::Ownership;
use super::pod_state::PodState;
use super::pod_status::PodStatus;
use super::workload::Workload;
use super::workload_progress::WorkloadProgress;
use crate::client::object::ObjectRef;

/// Something that happened: the service, the number of its pod if it is about one, and what.
pub(crate) type ServiceEvent = (String, Option<u32>, EventKind);

/// EndpointSlice → its Service, and the pods in it that are ready.
type ReadyBySlice = BTreeMap<String, (String, BTreeSet<String>)>;

#[derive(Debug)]
struct ServiceState {
    /// What its pods belong to.
    workload: ObjectRef,
    /// The Services whose endpoints count: requests reach a pod that is in one of them.
    fronts: BTreeSet<String>,
    /// The container that is the service; others of its pods are sidecars.
    container: Option<String>,
    /// The number that was given to a pod last.
    last: u32,
    progress: WorkloadProgress,
    /// Names of the pods whose readiness was reported last.
    reported_ready: BTreeSet<String>,
}

impl ServiceState {
    fn new(workload: ObjectRef, fronts: BTreeSet<String>, container: Option<String>) -> Self {
        let (progress, reported_ready) = (WorkloadProgress::default(), BTreeSet::new());
        Self { workload, fronts, container, last: 0, progress, reported_ready }
    }

    /// Whether requests to this service are sent to a pod of it. Endpoints and the Ready condition
    /// differ for a moment after each change, and requests go by the endpoints.
    fn sends_to(&self, pod: &PodState, slices: &ReadyBySlice) -> bool {
        if self.fronts.is_empty() {
            return pod.reading.status == PodStatus::Ready;
        }
        let mut all = slices.values();
        all.any(|(front, ready)| self.fronts.contains(front) && ready.contains(&pod.name))
    }
}

/// All that is known of the services in a namespace and their pods.
#[derive(Debug, Default)]
pub(crate) struct NamespaceState {
    services: IndexMap<String, ServiceState>,
    pods: BTreeMap<String, PodState>,
    ownership: Ownership,
    /// By name: pods whose ReplicaSet has not been seen yet, so that their service is not known.
    unclaimed: BTreeMap<String, Pod>,
    slices: ReadyBySlice,
    /// EndpointSlice → where it leads.
    addresses: BTreeMap<String, SliceAddresses>,
}

impl NamespaceState {
    /// Knows a service from now on.
    pub(super) fn add_service(&mut self, service: &str, workload: &Workload) {
        let fronts = workload.front.iter().map(|front| front.name.clone()).collect();
        let container = workload.container().map(|one| one.name.clone());
        let state = ServiceState::new(workload.object.clone(), fronts, container);
        self.services.insert(service.to_owned(), state);
    }

    pub(super) fn has_service(&self, service: &str) -> bool {
        self.services.contains_key(service)
    }

    /// A service's pods that run and are not being deleted, by their numbers.
    pub(crate) fn pods(&self, service: &str) -> Vec<PodState> {
        let all = self
            .pods
            .values()
            .filter(|pod| pod.service == service && pod.reading.is_running && !pod.leaving);
        let mut all: Vec<PodState> = all.cloned().collect();
        all.sort_by_key(|pod| pod.number);
        all
    }

    /// Whether nothing of a service runs any more, not even a pod that is leaving.
    pub(crate) fn has_gone(&self, service: &str) -> bool {
        self.pods.values().all(|pod| pod.service != service || !pod.reading.is_running)
    }

    /// What a pod of a service waits for that does not run yet.
    pub(crate) fn why_pending(&self, service: &str) -> Option<String> {
        let mut all = self.pods.values().filter(|pod| pod.service == service && !pod.leaving);
        all.find_map(|pod| match &pod.reading.status {
            PodStatus::Pending(why) | PodStatus::Stuck(why) => Some(format!("{}: {why}", pod.name)),
            _ => None,
        })
    }

    pub(crate) fn pod_at(&self, service: &str, number: u32) -> Option<PodState> {
        self.pods.values().find(|pod| pod.service == service && pod.number == number).cloned()
    }

    /// Every known pod, including those that are being deleted.
    pub(crate) fn all_pods(&self) -> impl Iterator<Item = &PodState> {
        self.pods.values()
    }

    /// Whether a pod is sent requests: it is in the endpoints, or, where no Service leads to it,
    /// its Ready condition holds.
    pub(crate) fn gets_requests(&self, pod: &PodState) -> bool {
        self.services.get(&pod.service).is_some_and(|service| service.sends_to(pod, &self.slices))
    }

    /// Counts the endpoints of one more Service for a service. While an edge proxy is in a callee's
    /// place, the callee's pods are behind the Service that was added, and have not become unready.
    pub(crate) fn add_front(&mut self, service: &str, front: &str) {
        if let Some(service) = self.services.get_mut(service) {
            service.fronts.insert(front.to_owned());
        }
    }

    /// Names of the pods that a Service sends requests to.
    pub(crate) fn endpoints_of(&self, front: &str) -> BTreeSet<String> {
        let slices = self.slices.values().filter(|(of, _)| of == front);
        slices.flat_map(|(_, pods)| pods.iter().cloned()).collect()
    }

    /// Where connections to a Service's port go, in order; the port by its name.
    pub(crate) fn addresses_at(&self, front: &str, port: Option<&str>) -> Vec<SocketAddr> {
        addresses_at(self.addresses.values(), front, port)
    }

    /// Whether a service's controller has done all that its spec asks for, in this generation or
    /// a later one.
    pub(crate) fn is_settled(&self, service: &str, generation: i64) -> bool {
        self.services.get(service).is_some_and(|service| service.progress.is_settled(generation))
    }

    /// How many replicas a service should have now.
    pub(crate) fn wanted(&self, service: &str) -> Option<u32> {
        self.services.get(service).and_then(|service| service.progress.wanted())
    }
}

#[cfg(test)]
mod tests;

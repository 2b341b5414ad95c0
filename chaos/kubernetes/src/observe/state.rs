//! What is known of the system at this moment, and what a change in it means. Pure: it is told
//! objects, and says what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use brunt_scenarios::timeline::{EventKind, RestartReason};
use indexmap::IndexMap;
use k8s_openapi::api::core::v1::{Event, Pod};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::ResourceExt;

use crate::observe::workload::Workload;
use crate::observe::workload_progress::WorkloadProgress;

/// Something that happened: service, replica, what.
pub(crate) type ServiceEvent = (String, Option<u32>, EventKind);

/// One pod.
#[derive(Debug, Clone, Default)]
pub(crate) struct PodState {
    pub(crate) service: String,
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) uid: Option<String>,
    pub(crate) node: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) address: Option<IpAddr>,
    /// Its address is its node's, which others share.
    pub(crate) on_host: bool,
    /// It runs, and its Ready condition holds.
    pub(crate) ready: bool,
    /// It has been told to go.
    pub(crate) leaving: bool,
    running: bool,
    restarts: i32,
    unhealthy: bool,
}

#[derive(Debug, Default)]
struct ServiceState {
    selector: BTreeMap<String, String>,
    /// The Services whose endpoints count: requests reach a pod that is in one of them.
    fronts: BTreeSet<String>,
    /// How many numbers have been given.
    last: u32,
    progress: WorkloadProgress,
    /// Pods that were told to be ready.
    told_ready: BTreeSet<String>,
}

/// Everything.
#[derive(Debug, Default)]
pub(crate) struct SystemState {
    services: IndexMap<String, ServiceState>,
    pods: BTreeMap<String, PodState>,
    /// EndpointSlice → its Service, and the pods in it that are ready.
    slices: BTreeMap<String, (String, BTreeSet<String>)>,
}

impl SystemState {
    pub(crate) fn of(workloads: &IndexMap<String, Workload>) -> Self {
        let services = workloads.iter().map(|(name, workload)| {
            let service = ServiceState {
                selector: workload.selector.clone(),
                fronts: workload.front.iter().map(|front| front.name.clone()).collect(),
                ..ServiceState::default()
            };
            (name.clone(), service)
        });
        Self { services: services.collect(), ..Self::default() }
    }

    /// A service's pods that run and are not on their way out.
    pub(crate) fn pods(&self, service: &str) -> Vec<PodState> {
        let all =
            self.pods.values().filter(|pod| pod.service == service && pod.running && !pod.leaving);
        let mut all: Vec<PodState> = all.cloned().collect();
        all.sort_by_key(|pod| pod.number);
        all
    }

    pub(crate) fn pod_at(&self, service: &str, number: u32) -> Option<PodState> {
        self.pods.values().find(|pod| pod.service == service && pod.number == number).cloned()
    }

    /// Every known pod, those on their way out too.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = &PodState> {
        self.pods.values()
    }

    /// Whether a pod is sent requests: it is in the endpoints, or it is ready and there
    /// is no Service.
    pub(crate) fn takes_requests(&self, pod: &PodState) -> bool {
        let fronts = self.services.get(&pod.service).map(|service| &service.fronts);
        match fronts {
            Some(fronts) if !fronts.is_empty() => self
                .slices
                .values()
                .any(|(front, ready)| fronts.contains(front) && ready.contains(&pod.name)),
            _ => pod.ready && !pod.leaving,
        }
    }

    /// One more Service whose endpoints count for a service.
    pub(crate) fn add_front(&mut self, service: &str, front: &str) {
        if let Some(service) = self.services.get_mut(service) {
            service.fronts.insert(front.to_owned());
        }
    }

    /// The pods that a Service sends requests to.
    pub(crate) fn behind(&self, front: &str) -> BTreeSet<String> {
        let slices = self.slices.values().filter(|(of, _)| of == front);
        slices.flat_map(|(_, pods)| pods.iter().cloned()).collect()
    }

    pub(crate) fn pod(&mut self, pod: &Pod) -> Vec<ServiceEvent> {
        let name = pod.name_any();
        let Some(service) = self.service_of(pod, &name) else {
            return vec![];
        };
        let known = self.pods.get(&name).cloned();
        let before = known.unwrap_or_else(|| self.newcomer(&service, &name));
        let now = seen(pod, &before);
        let mut happened = Vec::new();
        let mut say = |what| happened.push((service.clone(), Some(now.number), what));
        if now.restarts > before.restarts {
            say(EventKind::Exited { how: how_it_ended(pod) });
            let reason =
                if before.unhealthy { RestartReason::Liveness } else { RestartReason::Crash };
            say(EventKind::Restarting { reason });
        }
        if now.running && (!before.running || now.restarts > before.restarts) {
            say(EventKind::Started);
        }
        if now.restarts > before.restarts
            && let Some(service) = self.services.get_mut(&service)
        {
            // A container that starts again is out until it is seen to be ready.
            service.told_ready.remove(&name);
        }
        let unhealthy = before.unhealthy && now.restarts == before.restarts;
        self.pods.insert(name, PodState { unhealthy, ..now });
        happened.extend(self.readiness(&service));
        happened
    }

    fn service_of(&self, pod: &Pod, name: &str) -> Option<String> {
        if let Some(known) = self.pods.get(name) {
            return Some(known.service.clone());
        }
        let labels = pod.labels();
        let leads = |service: &ServiceState| {
            !service.selector.is_empty()
                && service.selector.iter().all(|(key, value)| labels.get(key) == Some(value))
        };
        self.services.iter().find(|(_, service)| leads(service)).map(|(name, _)| name.clone())
    }

    fn newcomer(&mut self, service: &str, name: &str) -> PodState {
        let state = self.services.entry(service.to_owned()).or_default();
        state.last += 1;
        PodState {
            service: service.to_owned(),
            number: state.last,
            name: name.to_owned(),
            ..PodState::default()
        }
    }

    pub(crate) fn pod_gone(&mut self, name: &str) -> Vec<ServiceEvent> {
        let Some(pod) = self.pods.remove(name) else {
            return vec![];
        };
        if let Some(service) = self.services.get_mut(&pod.service) {
            service.told_ready.remove(name);
        }
        vec![(pod.service, Some(pod.number), EventKind::Exited { how: "pod deleted".to_owned() })]
    }

    /// After the watch was opened anew: whatever was not listed has gone.
    pub(crate) fn only_these_pods(&mut self, listed: &BTreeSet<String>) -> Vec<ServiceEvent> {
        let gone: Vec<String> =
            self.pods.keys().filter(|name| !listed.contains(*name)).cloned().collect();
        gone.iter().flat_map(|name| self.pod_gone(name)).collect()
    }

    pub(crate) fn slice(&mut self, slice: &EndpointSlice) -> Vec<ServiceEvent> {
        let front = slice.labels().get("kubernetes.io/service-name").cloned().unwrap_or_default();
        let ready = slice.endpoints.iter().filter(|one| {
            one.conditions.as_ref().is_none_or(|conditions| conditions.ready.unwrap_or(true))
        });
        let pods = ready.filter_map(|one| one.target_ref.as_ref()?.name.clone()).collect();
        self.slices.insert(slice.name_any(), (front.clone(), pods));
        self.front_changed(&front)
    }

    pub(crate) fn slice_gone(&mut self, name: &str) -> Vec<ServiceEvent> {
        let front = self.slices.remove(name).map(|(front, _)| front);
        front.map(|front| self.front_changed(&front)).unwrap_or_default()
    }

    pub(crate) fn only_these_slices(&mut self, listed: &BTreeSet<String>) -> Vec<ServiceEvent> {
        let gone: Vec<String> =
            self.slices.keys().filter(|name| !listed.contains(*name)).cloned().collect();
        gone.iter().flat_map(|name| self.slice_gone(name)).collect()
    }

    fn front_changed(&mut self, front: &str) -> Vec<ServiceEvent> {
        let touched = self.services.iter().filter(|(_, service)| service.fronts.contains(front));
        let touched: Vec<String> = touched.map(|(name, _)| name.clone()).collect();
        touched.iter().flat_map(|service| self.readiness(service)).collect()
    }

    /// Who came into the endpoints of a service, and who left them.
    fn readiness(&mut self, service: &str) -> Vec<ServiceEvent> {
        let pods = self.pods.values().filter(|pod| pod.service == service);
        let now: BTreeMap<String, u32> = pods
            .filter(|pod| self.takes_requests(pod))
            .map(|pod| (pod.name.clone(), pod.number))
            .collect();
        let Some(state) = self.services.get_mut(service) else {
            return vec![];
        };
        let mut happened = Vec::new();
        for gone in state.told_ready.iter().filter(|name| !now.contains_key(*name)) {
            if let Some(pod) = self.pods.get(gone) {
                happened.push((service.to_owned(), Some(pod.number), EventKind::NotReady));
            }
        }
        for (_, number) in now.iter().filter(|(name, _)| !state.told_ready.contains(*name)) {
            happened.push((service.to_owned(), Some(*number), EventKind::Ready));
        }
        state.told_ready = now.into_keys().collect();
        happened
    }

    /// A Deployment or StatefulSet of a service.
    pub(crate) fn workload(
        &mut self,
        service: &str,
        mut now: WorkloadProgress,
    ) -> Vec<ServiceEvent> {
        let Some(state) = self.services.get_mut(service) else {
            return vec![];
        };
        let happened = now.since(&state.progress);
        state.progress = now;
        happened.into_iter().map(|what| (service.to_owned(), None, what)).collect()
    }

    /// Whether a service's controller has done all that its spec asks for.
    pub(crate) fn is_settled(&self, service: &str, generation: i64) -> bool {
        self.services.get(service).is_some_and(|service| service.progress.is_settled(generation))
    }

    /// How many replicas a service should have now.
    pub(crate) fn wanted(&self, service: &str) -> Option<u32> {
        self.services.get(service).and_then(|service| service.progress.wanted())
    }

    /// Something that a controller or kubelet has to say.
    pub(crate) fn event(&mut self, event: &Event) -> Vec<ServiceEvent> {
        let message = event.message.as_deref().unwrap_or_default();
        let kills =
            event.reason.as_deref() == Some("Killing") && message.contains("failed liveness probe");
        let name = event.involved_object.name.as_deref().unwrap_or_default();
        match self.pods.get_mut(name).filter(|pod| kills && !pod.unhealthy) {
            Some(pod) => {
                pod.unhealthy = true;
                vec![(pod.service.clone(), Some(pod.number), EventKind::Unhealthy)]
            }
            None => vec![],
        }
    }
}

fn seen(pod: &Pod, before: &PodState) -> PodState {
    let status = pod.status.as_ref();
    let containers = status.and_then(|status| status.container_statuses.as_ref());
    let conditions = status.and_then(|status| status.conditions.as_ref());
    let is_ready = |kind: &str, value: &str| kind == "Ready" && value == "True";
    let all = || containers.into_iter().flatten();
    let spec = pod.spec.as_ref();
    PodState {
        uid: pod.metadata.uid.clone(),
        labels: pod.labels().clone(),
        address: status.and_then(|status| status.pod_ip.as_ref()?.parse().ok()),
        on_host: spec.is_some_and(|spec| spec.host_network == Some(true)),
        node: spec.and_then(|spec| spec.node_name.clone()).unwrap_or_default(),
        ready: conditions.into_iter().flatten().any(|one| is_ready(&one.type_, &one.status)),
        leaving: pod.metadata.deletion_timestamp.is_some(),
        running: all().any(|one| one.state.as_ref().is_some_and(|state| state.running.is_some())),
        restarts: all().map(|one| one.restart_count).sum(),
        ..before.clone()
    }
}

/// How a container that was started again had ended.
fn how_it_ended(pod: &Pod) -> String {
    let containers = pod.status.as_ref().and_then(|status| status.container_statuses.as_ref());
    let mut last = containers
        .into_iter()
        .flatten()
        .filter_map(|one| one.last_state.as_ref()?.terminated.as_ref());
    last.next().map_or("ended".to_owned(), |end| match (end.signal, end.reason.as_deref()) {
        (_, Some("OOMKilled")) => "out of memory".to_owned(),
        (Some(signal), _) if signal > 0 => format!("signal {signal}"),
        _ => format!("exit {}", end.exit_code),
    })
}

#[cfg(test)]
mod tests;

//! Updates of objects, and what happened because of each.

use std::collections::{BTreeMap, BTreeSet};

use brunt_scenarios::timeline::{EventKind, RestartReason};
use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::{Event, Pod};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::ResourceExt;

use super::{NamespaceState, ReadyBySlice, ServiceEvent, ServiceState};
use crate::client::object::ObjectKind;
use crate::observe::endpoint_slice::SliceAddresses;
use crate::observe::ownership::{Owner, PodOwner};
use crate::observe::pod_state::{PodState, updated};
use crate::observe::workload_progress::WorkloadProgress;

impl NamespaceState {
    pub(crate) fn pod(&mut self, pod: &Pod) -> Vec<ServiceEvent> {
        let name = pod.name_any();
        let owner = self.owner_of(pod, &name);
        let mut all = self.services.iter_mut();
        let ours = owner.and_then(|owner| all.find(|(_, state)| owner.is(&state.workload)));
        let Some((service, state)) = ours else {
            // Somebody has taken it from its workload, which has a new one in its place.
            return self.pod_left(&name, "no longer the workload's");
        };
        let known = self.pods.get(&name).cloned();
        let before = known.unwrap_or_else(|| state.first_seen(service, &name));
        let now = updated(pod, &before, state.container.as_deref());
        let mut happened = Vec::new();
        let mut say = |what| happened.push((service.clone(), Some(now.number), what));
        // Restarts are counted rather than watched: a watch may merge the end of a container and
        // its next start into one update, in which it runs as before.
        let has_restarted = now.reading.restarts > before.reading.restarts;
        if has_restarted {
            let how = now.reading.last_end.clone().unwrap_or_else(|| "ended".to_owned());
            say(EventKind::Exited { how });
            let reason =
                if before.unhealthy { RestartReason::Liveness } else { RestartReason::Crash };
            say(EventKind::Restarting { reason });
            // A container that starts again is out until it is seen to be ready.
            state.reported_ready.remove(&name);
        }
        if now.reading.is_running && (!before.reading.is_running || has_restarted) {
            say(EventKind::Started);
        }
        // The kubelet's event explains one restart; the next may have another reason.
        let unhealthy = before.unhealthy && now.reading.restarts == before.reading.restarts;
        self.pods.insert(name, PodState { unhealthy, ..now });
        happened.extend(state.readiness(service, &self.pods, &self.slices));
        happened
    }

    /// What a pod belongs to. One whose ReplicaSet has not been seen yet is kept until it is.
    fn owner_of(&mut self, pod: &Pod, name: &str) -> Option<Owner> {
        self.unclaimed.remove(name);
        match self.ownership.of(pod) {
            PodOwner::Workload(owner) => Some(owner),
            PodOwner::Unseen => {
                self.unclaimed.insert(name.to_owned(), pod.clone());
                None
            }
            PodOwner::None => None,
        }
    }

    /// A ReplicaSet. Pods of it may have been seen before it.
    pub(crate) fn replica_set(&mut self, set: &ReplicaSet) -> Vec<ServiceEvent> {
        self.ownership.note(set);
        let seen = |pod: &&Pod| self.ownership.of(pod) != PodOwner::Unseen;
        let claimed: Vec<Pod> = self.unclaimed.values().filter(seen).cloned().collect();
        claimed.iter().flat_map(|pod| self.pod(pod)).collect()
    }

    pub(crate) fn pod_gone(&mut self, name: &str) -> Vec<ServiceEvent> {
        self.unclaimed.remove(name);
        self.pod_left(name, "pod deleted")
    }

    fn pod_left(&mut self, name: &str, how: &str) -> Vec<ServiceEvent> {
        let Some(pod) = self.pods.remove(name) else {
            return vec![];
        };
        if let Some(service) = self.services.get_mut(&pod.service) {
            service.reported_ready.remove(name);
        }
        vec![(pod.service, Some(pod.number), EventKind::Exited { how: how.to_owned() })]
    }

    /// After a watch was opened again: pods that were not listed have gone meanwhile.
    pub(crate) fn only_these_pods(&mut self, listed: &BTreeSet<String>) -> Vec<ServiceEvent> {
        self.unclaimed.retain(|name, _| listed.contains(name));
        let gone: Vec<String> =
            self.pods.keys().filter(|name| !listed.contains(*name)).cloned().collect();
        gone.iter().flat_map(|name| self.pod_gone(name)).collect()
    }

    pub(crate) fn slice(&mut self, slice: &EndpointSlice) -> Vec<ServiceEvent> {
        let front = slice.labels().get("kubernetes.io/service-name").cloned().unwrap_or_default();
        // A condition that is missing means ready, as the API defines it.
        let ready = slice.endpoints.iter().filter(|one| {
            one.conditions.as_ref().is_none_or(|conditions| conditions.ready.unwrap_or(true))
        });
        let pods = ready.filter_map(|one| one.target_ref.as_ref()?.name.clone()).collect();
        self.slices.insert(slice.name_any(), (front.clone(), pods));
        self.addresses.insert(slice.name_any(), SliceAddresses::of(slice));
        self.front_changed(&front)
    }

    pub(crate) fn slice_gone(&mut self, name: &str) -> Vec<ServiceEvent> {
        self.addresses.remove(name);
        let front = self.slices.remove(name).map(|(front, _)| front);
        front.map(|front| self.front_changed(&front)).unwrap_or_default()
    }

    pub(crate) fn only_these_slices(&mut self, listed: &BTreeSet<String>) -> Vec<ServiceEvent> {
        let gone: Vec<String> =
            self.slices.keys().filter(|name| !listed.contains(*name)).cloned().collect();
        gone.iter().flat_map(|name| self.slice_gone(name)).collect()
    }

    fn front_changed(&mut self, front: &str) -> Vec<ServiceEvent> {
        let (pods, slices) = (&self.pods, &self.slices);
        let touched = self.services.iter_mut().filter(|(_, state)| state.fronts.contains(front));
        touched.flat_map(|(service, state)| state.readiness(service, pods, slices)).collect()
    }

    /// A Deployment or StatefulSet, which may be that of a service.
    pub(crate) fn workload(
        &mut self,
        kind: ObjectKind,
        name: &str,
        mut now: WorkloadProgress,
    ) -> Vec<ServiceEvent> {
        let is_it =
            |state: &ServiceState| state.workload.kind == kind && state.workload.name == name;
        let Some((service, state)) = self.services.iter_mut().find(|(_, state)| is_it(state))
        else {
            // The namespace has others as well.
            return vec![];
        };
        let happened = now.since(&state.progress);
        state.progress = now;
        happened.into_iter().map(|what| (service.clone(), None, what)).collect()
    }

    /// An Event. The kubelet says in one that a liveness probe failed; the pod's status shows only
    /// that its container was started again, not why.
    pub(crate) fn event(&mut self, event: &Event) -> Vec<ServiceEvent> {
        let message = event.message.as_deref().unwrap_or_default();
        let kills =
            event.reason.as_deref() == Some("Killing") && message.contains("failed liveness probe");
        let name = event.involved_object.name.as_deref().unwrap_or_default();
        let services = &self.services;
        // The kubelet names the container as the field of the pod's spec that it stands in.
        let of_service = |pod: &PodState| {
            let named = services.get(&pod.service).and_then(|state| state.container.as_ref());
            let field = event.involved_object.field_path.as_deref();
            let is_other = |named: &String, field: &str| !field.contains(&format!("{{{named}}}"));
            !named.zip(field).is_some_and(|(named, field)| is_other(named, field))
        };
        let pod = self.pods.get_mut(name).filter(|pod| kills && !pod.unhealthy && of_service(pod));
        match pod {
            Some(pod) => {
                pod.unhealthy = true;
                vec![(pod.service.clone(), Some(pod.number), EventKind::Unhealthy)]
            }
            None => vec![],
        }
    }
}

impl ServiceState {
    fn first_seen(&mut self, service: &str, name: &str) -> PodState {
        // A number is never given again: reports refer to it for the whole run.
        self.last += 1;
        PodState {
            service: service.to_owned(),
            number: self.last,
            name: name.to_owned(),
            ..PodState::default()
        }
    }

    /// Which pods came into the endpoints of this service, and which left them.
    fn readiness(
        &mut self,
        service: &str,
        pods: &BTreeMap<String, PodState>,
        slices: &ReadyBySlice,
    ) -> Vec<ServiceEvent> {
        let now: BTreeMap<String, u32> = pods
            .values()
            .filter(|pod| pod.service == service && self.sends_to(pod, slices))
            .map(|pod| (pod.name.clone(), pod.number))
            .collect();
        let mut happened = Vec::new();
        // A pod that was deleted has left with its own event, and is not reported as unready as
        // well.
        for gone in self.reported_ready.iter().filter(|name| !now.contains_key(*name)) {
            if let Some(pod) = pods.get(gone) {
                happened.push((service.to_owned(), Some(pod.number), EventKind::NotReady));
            }
        }
        for (_, number) in now.iter().filter(|(name, _)| !self.reported_ready.contains(*name)) {
            happened.push((service.to_owned(), Some(*number), EventKind::Ready));
        }
        self.reported_ready = now.into_keys().collect();
        happened
    }
}

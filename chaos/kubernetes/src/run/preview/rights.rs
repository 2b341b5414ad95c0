//! The rights that a run needs, each with what for. They are those of manifests/components, as far
//! as the plan uses them. Pure.

use std::collections::BTreeMap;

use brunt_scenarios::plan::{FaultKind, NodeFault, PlatformFault};

use super::super::options::{ClusterRunOptions, Watchdog};
use crate::client::access_review::Right;
use crate::client::object::ObjectKind;
use crate::observe::services::ClusterServices;

const APPS: &str = "apps";
const BATCH: &str = "batch";
const RBAC: &str = "rbac.authorization.k8s.io";

/// What every run watches.
const WATCHED: [(&str, &str); 6] = [
    ("", "pods"),
    ("", "services"),
    ("", "events"),
    (APPS, "deployments"),
    (APPS, "statefulsets"),
    (APPS, "replicasets"),
];

/// Each right that the run needs, with the first thing that it is needed for.
pub(super) fn needed(
    services: &ClusterServices,
    options: &ClusterRunOptions,
    load_is_inside: bool,
) -> BTreeMap<Right, String> {
    let mut rights = Rights(BTreeMap::new());
    for (group, resource) in WATCHED.into_iter().chain([("discovery.k8s.io", "endpointslices")]) {
        rights.add_all(&["list", "watch"], group, resource, "to see what happens");
    }
    if matches!(options.watchdog, Watchdog::Job(_)) {
        rights.add_all(&["create", "list", "patch", "delete"], BATCH, "jobs", "for the watchdog");
        if options.changes_nodes {
            rights.of_cluster("create", RBAC, "clusterroles", "for the watchdog's rights on nodes");
            let binding = "for the watchdog's rights on nodes";
            rights.of_cluster("create", RBAC, "clusterrolebindings", binding);
        }
    }
    if !options.edges.is_empty() {
        rights.between_services();
    }
    if load_is_inside {
        let why = "for load from inside";
        rights.add_all(&["create", "patch", "delete"], BATCH, "jobs", why);
        rights.add("create", "", "secrets", why);
        rights.add("create", "", "pods/attach", why);
        rights.add("get", "", "pods/log", why);
    }
    for (name, service) in &services.plan.services {
        if !service.altered.is_empty() {
            rights.patch_workload(services, name, &format!("to set variables of {name}"));
        }
    }
    for fault in &options.faults {
        rights.fault(services, &fault.kind);
    }
    rights.0
}

struct Rights(BTreeMap<Right, String>);

impl Rights {
    fn add(&mut self, verb: &'static str, group: &'static str, resource: &'static str, why: &str) {
        let right = Right::namespaced(verb, group, resource);
        self.0.entry(right).or_insert_with(|| why.to_owned());
    }

    fn of_cluster(
        &mut self,
        verb: &'static str,
        group: &'static str,
        resource: &'static str,
        why: &str,
    ) {
        let right = Right::of_cluster(verb, group, resource);
        self.0.entry(right).or_insert_with(|| why.to_owned());
    }

    fn add_all(
        &mut self,
        verbs: &[&'static str],
        group: &'static str,
        resource: &'static str,
        why: &str,
    ) {
        verbs.iter().for_each(|verb| self.add(verb, group, resource, why));
    }

    fn between_services(&mut self) {
        let why = "for an edge proxy";
        self.add_all(&["create", "delete"], "", "pods", why);
        self.add_all(&["create", "patch", "delete"], "", "services", why);
        self.add("create", "", "secrets", why);
        self.add("create", "", "pods/portforward", why);
    }

    fn patch_workload(&mut self, services: &ClusterServices, service: &str, why: &str) {
        if let Some(resource) = resource(services, service) {
            self.add("patch", APPS, resource, why);
        }
    }

    fn fault(&mut self, services: &ClusterServices, kind: &FaultKind) {
        let why = &format!("for `{kind}`");
        match kind {
            FaultKind::Kill { .. } => self.add("delete", "", "pods", why),
            FaultKind::Stop { service, .. }
            | FaultKind::Scale { service, .. }
            | FaultKind::Rollout { service } => self.patch_workload(services, service, why),
            FaultKind::MakeZombie { .. } => self.add("create", "", "pods/portforward", why),
            FaultKind::Platform { service, fault } => {
                self.platform(services, service, fault, why);
            }
            FaultKind::Nodes { fault, .. } => self.nodes(*fault, why),
            // Edges are in the options, and freezing is not possible at all.
            FaultKind::Edge { .. } | FaultKind::Pause { .. } => {}
        }
    }

    fn platform(
        &mut self,
        services: &ClusterServices,
        service: &str,
        fault: &PlatformFault,
        why: &str,
    ) {
        match fault {
            PlatformFault::Evict(_) => self.add("create", "", "pods/eviction", why),
            PlatformFault::KillContainer(_) | PlatformFault::Stress { .. } => {
                self.add("create", "", "pods/exec", why);
            }
            PlatformFault::Remove => {
                if let Some(resource) = resource(services, service) {
                    self.add_all(&["create", "patch", "delete"], APPS, resource, why);
                }
                self.add_all(&["create", "patch", "delete"], "", "configmaps", why);
            }
            PlatformFault::SetConfig { .. } => {
                self.add_all(&["get", "patch"], "", "configmaps", why);
            }
            PlatformFault::Autoscale { .. } => {
                self.add("patch", "autoscaling", "horizontalpodautoscalers", why);
            }
            PlatformFault::RollBack
            | PlatformFault::SetEnv { .. }
            | PlatformFault::Probe { .. } => self.patch_workload(services, service, why),
        }
    }

    fn nodes(&mut self, fault: NodeFault, why: &str) {
        self.of_cluster("get", "", "nodes", why);
        self.of_cluster("list", "", "nodes", why);
        self.of_cluster("patch", "", "nodes", why);
        match fault {
            NodeFault::Cordon => {}
            NodeFault::Drain => self.add("create", "", "pods/eviction", why),
            NodeFault::Outage => self.add("delete", "", "pods", why),
        }
    }
}

/// The plural of a service's workload.
fn resource(services: &ClusterServices, service: &str) -> Option<&'static str> {
    match services.workloads.get(service)?.object.kind {
        ObjectKind::StatefulSet => Some("statefulsets"),
        ObjectKind::DaemonSet => Some("daemonsets"),
        ObjectKind::ReplicaSet => Some("replicasets"),
        _ => Some("deployments"),
    }
}

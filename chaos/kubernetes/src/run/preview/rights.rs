//! The rights that a run needs, each with what for. They are those of manifests/components, as far
//! as the plan uses them. Pure.

use std::collections::BTreeMap;

use brunt_scenarios::plan::{FaultKind, NodeFault, PlatformFault};

use super::super::options::{ClusterRunOptions, Watchdog};
use crate::changes::copy_digests::SECRET as VOUCHING_SECRET;
use crate::client::access_review::Right;
use crate::client::object::ObjectKind;
use crate::observe::services::ClusterServices;

const APPS: &str = "apps";
const ARGO: &str = "argoproj.io";
const BATCH: &str = "batch";
const RBAC: &str = "rbac.authorization.k8s.io";

/// What every run watches.
const WATCHED: [(&str, &str); 6] = [
    ("", "pods"),
    ("", "events"),
    (APPS, "deployments"),
    (APPS, "statefulsets"),
    (APPS, "replicasets"),
    ("discovery.k8s.io", "endpointslices"),
];

/// A namespace, if it is not the run's own, and a right in it or on the whole cluster.
type RightThere = (Option<String>, Right);

/// Each right that the run needs, with the first thing that it is needed for.
pub(super) fn needed(
    services: &ClusterServices,
    options: &ClusterRunOptions,
    load_is_inside: bool,
) -> BTreeMap<RightThere, String> {
    let mut rights = Rights { services, namespace: None, all: BTreeMap::new() };
    let namespaces = services.namespaces();
    rights.watch();
    for other in namespaces.iter().skip(1) {
        rights.namespace = Some(other.clone());
        rights.watch();
        if matches!(options.watchdog, Watchdog::Job(_)) {
            rights.add("create", RBAC, "roles", "for the watchdog's rights there");
            rights.add("create", RBAC, "rolebindings", "for the watchdog's rights there");
        }
    }
    rights.namespace = None;
    if matches!(options.watchdog, Watchdog::Job(_)) {
        rights.add_all(&["create", "list", "patch", "delete"], BATCH, "jobs", "for the watchdog");
        if options.changes_nodes {
            rights.of_cluster("create", RBAC, "clusterroles", "for the watchdog's rights on nodes");
            let binding = "for the watchdog's rights on nodes";
            rights.of_cluster("create", RBAC, "clusterrolebindings", binding);
        }
    }
    for (_, callee) in &options.edges {
        rights.go_to(callee);
        rights.between_services();
    }
    rights.namespace = None;
    if load_is_inside {
        let why = "for load from inside";
        rights.add_all(&["create", "patch", "delete"], BATCH, "jobs", why);
        rights.add("create", "", "secrets", why);
        rights.add("create", "", "pods/attach", why);
        rights.add("get", "", "pods/log", why);
    }
    for (name, service) in &services.plan.services {
        if !service.altered.is_empty() {
            rights.patch_workload(name, &format!("to set variables of {name}"));
        }
    }
    for fault in &options.faults {
        rights.fault(&fault.kind);
    }
    rights.all
}

struct Rights<'a> {
    services: &'a ClusterServices,
    /// Where the next rights are needed; `None` for the run's own namespace.
    namespace: Option<String>,
    all: BTreeMap<RightThere, String>,
}

impl Rights<'_> {
    /// The next rights are needed in the namespace of this service.
    fn go_to(&mut self, service: &str) {
        let of = self.services.workloads.get(service).map(|one| one.namespace.clone());
        self.namespace = of.filter(|of| !self.services.is_home(of));
    }

    fn watch(&mut self) {
        let why = "to see what happens";
        for (group, resource) in WATCHED {
            self.add_all(&["list", "watch"], group, resource, why);
        }
        self.add("list", "", "services", why);
        if self.services.has_kind(ObjectKind::Rollout) {
            self.add_all(&["list", "watch"], ARGO, "rollouts", why);
        }
    }

    fn add(&mut self, verb: &'static str, group: &'static str, resource: &'static str, why: &str) {
        self.insert(Right::namespaced(verb, group, resource), why);
    }

    fn insert(&mut self, right: Right, why: &str) {
        let there = (self.namespace.clone(), right);
        self.all.entry(there).or_insert_with(|| why.to_owned());
    }

    fn of_cluster(
        &mut self,
        verb: &'static str,
        group: &'static str,
        resource: &'static str,
        why: &str,
    ) {
        let right = (None, Right::of_cluster(verb, group, resource));
        self.all.entry(right).or_insert_with(|| why.to_owned());
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

    fn patch_workload(&mut self, service: &str, why: &str) {
        self.go_to(service);
        if let Some((group, resource)) = resource(self.services, service) {
            self.add("patch", group, resource, why);
        }
    }

    fn fault(&mut self, kind: &FaultKind) {
        let why = &format!("for `{kind}`");
        match kind {
            FaultKind::Kill { services, .. } => {
                for service in services {
                    self.go_to(service);
                    self.add("delete", "", "pods", why);
                }
            }
            FaultKind::Stop { service, .. }
            | FaultKind::Scale { service, .. }
            | FaultKind::Rollout { service } => self.patch_workload(service, why),
            FaultKind::MakeZombie { service, .. } => {
                self.go_to(service);
                self.add("create", "", "pods/portforward", why);
            }
            FaultKind::Platform { service, fault } => self.platform(service, fault, why),
            FaultKind::Nodes { fault, .. } => self.nodes(*fault, why),
            // Edges are in the options, and freezing is not possible at all.
            FaultKind::Edge { .. } | FaultKind::Pause { .. } => {}
        }
    }

    fn platform(&mut self, service: &str, fault: &PlatformFault, why: &str) {
        self.go_to(service);
        match fault {
            PlatformFault::Evict(_) => self.add("create", "", "pods/eviction", why),
            PlatformFault::KillContainer(_) | PlatformFault::Stress { .. } => {
                self.add("create", "", "pods/exec", why);
            }
            PlatformFault::Remove => {
                if let Some((group, resource)) = resource(self.services, service) {
                    self.add_all(&["create", "patch", "delete"], group, resource, why);
                }
                self.add_all(&["create", "patch", "delete"], "", "configmaps", why);
                self.add("create", "", "secrets", why);
                for verb in ["get", "patch", "delete"] {
                    self.insert(Right::named(verb, "", "secrets", VOUCHING_SECRET), why);
                }
            }
            PlatformFault::SetConfig { .. } => {
                self.add_all(&["get", "patch"], "", "configmaps", why);
            }
            PlatformFault::Autoscale { .. } => {
                self.add("patch", "autoscaling", "horizontalpodautoscalers", why);
            }
            PlatformFault::RollBack
            | PlatformFault::SetEnv { .. }
            | PlatformFault::Probe { .. } => self.patch_workload(service, why),
        }
    }

    fn nodes(&mut self, fault: NodeFault, why: &str) {
        self.of_cluster("get", "", "nodes", why);
        self.of_cluster("list", "", "nodes", why);
        self.of_cluster("patch", "", "nodes", why);
        let (verb, resource) = match fault {
            NodeFault::Cordon => return,
            NodeFault::Drain => ("create", "pods/eviction"),
            NodeFault::Outage => ("delete", "pods"),
        };
        for service in self.services.workloads.keys() {
            self.go_to(service);
            self.add(verb, "", resource, why);
        }
    }
}

/// The API group and the plural of a service's workload.
fn resource(services: &ClusterServices, service: &str) -> Option<(&'static str, &'static str)> {
    Some(match services.workloads.get(service)?.object.kind {
        ObjectKind::StatefulSet => (APPS, "statefulsets"),
        ObjectKind::DaemonSet => (APPS, "daemonsets"),
        ObjectKind::ReplicaSet => (APPS, "replicasets"),
        ObjectKind::Rollout => (ARGO, "rollouts"),
        _ => (APPS, "deployments"),
    })
}

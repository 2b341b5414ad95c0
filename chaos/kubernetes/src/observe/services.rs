//! The services of the system on the cluster: what each one's workload is, and where it answers.

use std::time::Duration;

use brunt_faults::TargetError;
use brunt_scenarios::bounds;
use brunt_scenarios::plan::{Program, System};
use indexmap::IndexMap;

use super::workload::Workload;
use super::{own_image, resolve};
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::ObjectKind;
use crate::client::port_forward::{ForwardTarget, ServiceRoute, route};

/// The bound for a workload of which the plan knows nothing.
const UNPLANNED: Duration = Duration::from_secs(30);

/// The services of a system, as they were found when the run started.
pub(crate) struct ClusterServices {
    pub(crate) plan: System,
    /// By service; a service that the system file only names by its URL has none.
    pub(crate) workloads: IndexMap<String, Workload>,
    routes: IndexMap<String, ServiceRoute>,
    /// That of the run first, then those that services name.
    namespaces: Vec<String>,
    /// The image that this process itself runs in, if it is in a pod.
    own_image: Option<String>,
}

impl ClusterServices {
    /// Finds the workloads of a system, and a route to each that has a Service in front.
    pub(crate) async fn find(cluster: &Cluster, system: &System) -> Result<Self, KubeError> {
        let workloads = resolve::find(cluster, system).await?;
        let mut routes = IndexMap::new();
        for (service, workload) in &workloads {
            let Some(front) = &workload.front else { continue };
            let address = front.address.clone().map(|address| (address, front.port));
            // A forwarded connection may end at any pod, so that a route survives the pod that it
            // led to.
            let any = ForwardTarget::AnyReady {
                labels: workload.selector.clone(),
                port: workload.port(),
            };
            let there = cluster.within(&workload.namespace);
            routes.insert(service.clone(), route(&there, address, any).await?);
        }
        let namespaces = resolve::namespaces(cluster, system);
        let own_image = own_image::find(cluster).await;
        Ok(Self { plan: system.clone(), workloads, routes, namespaces, own_image })
    }

    /// The same with workloads that were found already, and without a route to any: nothing
    /// is connected to.
    pub(crate) async fn unrouted(
        cluster: &Cluster,
        system: &System,
        workloads: IndexMap<String, Workload>,
    ) -> Self {
        let (plan, namespaces) = (system.clone(), resolve::namespaces(cluster, system));
        let own_image = own_image::find(cluster).await;
        Self { plan, workloads, routes: IndexMap::new(), namespaces, own_image }
    }

    /// The workload that faults of a service are injected into.
    pub(crate) fn workload(&self, service: &str) -> Result<&Workload, TargetError> {
        self.workloads.get(service).ok_or_else(|| match self.url(service) {
            Some(_) => TargetError::NotOurs(service.to_owned()),
            None => TargetError::NoService(service.to_owned()),
        })
    }

    /// The namespaces of the system: that of the run first, then those that services name.
    pub(crate) fn namespaces(&self) -> Vec<String> {
        self.namespaces.clone()
    }

    /// Whether that is the run's own namespace.
    pub(crate) fn is_home(&self, namespace: &str) -> bool {
        self.namespaces.first().is_some_and(|home| home == namespace)
    }

    /// Whether a workload is of this kind.
    pub(crate) fn has_kind(&self, kind: ObjectKind) -> bool {
        self.workloads.values().any(|one| one.object.kind == kind)
    }

    /// Where a service answers this machine, without a slash at the end.
    pub(crate) fn url(&self, service: &str) -> Option<String> {
        match &self.plan.services.get(service)?.program {
            Program::Running { url } => Some(url.to_string()),
            Program::Command { .. } | Program::Deployed => {
                self.routes.get(service).map(ServiceRoute::url)
            }
        }
    }

    /// Where a service answers inside the cluster, without a slash at the end.
    pub(crate) fn cluster_url(&self, service: &str) -> Option<String> {
        match self.workloads.get(service) {
            Some(workload) => {
                let front = workload.front.as_ref()?;
                Some(format!("http://{}.{}.svc:{}", front.name, workload.namespace, front.port))
            }
            None => self.url(service),
        }
    }

    /// Whether this machine reaches every service at its own address, not through the API server.
    pub(crate) fn all_direct(&self) -> bool {
        self.routes.values().all(ServiceRoute::is_direct)
    }

    /// How long a rollout of a service may take: old replicas go by the manifest's grace period,
    /// new ones come by the plan's probes.
    pub(crate) fn rolls_out_within(&self, service: &str, workload: &Workload) -> Duration {
        self.plan.services.get(service).map_or(UNPLANNED, |plan| {
            bounds::rolls_out(plan) + workload.grace() * plan.replicas.max(1)
        })
    }

    /// An image of brunt: the one that was named, the one that this process runs in, or the
    /// system's own if it is brunt's.
    pub(crate) fn image<'a>(&'a self, named: Option<&'a str>) -> Option<&'a str> {
        let containers = self.workloads.values().flat_map(|workload| &workload.pod.containers);
        named.or(self.own_image.as_deref()).or_else(|| {
            containers.filter_map(|one| one.image.as_deref()).find(|image| is_brunt(image))
        })
    }

    /// Whether brunt itself is in the containers of a service, which may hold nothing else: brunt's
    /// own image has no shell.
    pub(crate) fn runs_brunt(&self, service: &str) -> Result<bool, TargetError> {
        let container = self.workload(service)?.container();
        Ok(container.and_then(|one| one.image.as_deref()).is_some_and(is_brunt))
    }
}

/// Whether an image is brunt's own, which its name says: there is no registry that could.
fn is_brunt(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or_default();
    name == "brunt" || name.starts_with("brunt:") || name.starts_with("brunt@")
}

#[cfg(test)]
mod tests {
    use super::is_brunt;

    #[test]
    fn brunts_own_image_is_known_by_its_name() {
        assert!(is_brunt("localhost:5000/x/brunt:1.2") && is_brunt("brunt@sha256:0"));
        assert!(!is_brunt("localhost/not-brunt:1") && !is_brunt("nginx"));
    }
}

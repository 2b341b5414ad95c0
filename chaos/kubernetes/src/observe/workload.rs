//! The workload and the Service that a service of the system file has on the cluster.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_scenarios::plan;
use k8s_openapi::api::core::v1::{Container, PodSpec, PodTemplateSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::autoscaler::Hpa;
use super::container;
use super::front::FrontService;
use crate::client::object::ObjectRef;
use crate::client::unclear_target::UnclearTarget;

/// Kubernetes' default termination grace period, in seconds.
const GRACE: i64 = 30;

/// A workload, and the Service in front of it.
#[derive(Debug, Clone)]
pub(crate) struct Workload {
    pub(crate) object: ObjectRef,
    /// The namespace that all of it is in.
    pub(crate) namespace: String,
    pub(crate) selector: BTreeMap<String, String>,
    pub(crate) replicas: u32,
    pub(crate) rollout: plan::Rollout,
    pub(crate) pod: PodSpec,
    /// The annotations of its pod template.
    pub(super) annotations: BTreeMap<String, String>,
    /// What the system file says of it.
    pub(super) named: plan::ServiceOnKubernetes,
    /// The labels of its pod template; a Service or a budget may select by more
    /// than `selector` has.
    pub(crate) labels: BTreeMap<String, String>,
    /// The Service that its own strategy names as the one by which it is called.
    pub(super) main_service: Option<String>,
    pub(crate) front: Option<FrontService>,
    /// The Services of which it is not clear whether the workload is called by them.
    pub(crate) unclear_fronts: Vec<String>,
    pub(crate) scaler: Option<Hpa>,
    pub(crate) budget: Option<ObjectRef>,
}

impl Workload {
    /// One that makes its pods by this template. It is not known yet where it is and what
    /// stands beside it.
    pub(super) fn of_template(
        object: ObjectRef,
        selector: BTreeMap<String, String>,
        replicas: u32,
        rollout: plan::Rollout,
        template: PodTemplateSpec,
    ) -> Option<Self> {
        let meta = template.metadata.unwrap_or_default();
        Some(Self {
            object,
            namespace: String::new(),
            selector,
            replicas,
            rollout,
            pod: template.spec?,
            annotations: meta.annotations.unwrap_or_default(),
            named: plan::ServiceOnKubernetes::default(),
            labels: meta.labels.unwrap_or_default(),
            main_service: None,
            front: None,
            unclear_fronts: vec![],
            scaler: None,
            budget: None,
        })
    }

    /// How many replicas there are without load: the least that its autoscaler keeps, or
    /// its own number.
    pub(crate) fn replicas_at_rest(&self) -> u32 {
        self.scaler.as_ref().map_or(self.replicas, |scaler| scaler.min)
    }

    /// The termination grace period of its pods.
    pub(crate) fn grace(&self) -> Duration {
        let seconds = self.pod.termination_grace_period_seconds.unwrap_or(GRACE);
        Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
    }

    /// The container that is the service; others in the pod are sidecars.
    pub(crate) fn container(&self) -> Option<&Container> {
        self.pod.containers.get(self.container_index()?)
    }

    /// JSON pointer of that container in the workload.
    pub(crate) fn container_path(&self) -> String {
        format!("/spec/template/spec/containers/{}", self.container_index().unwrap_or_default())
    }

    /// JSON pointer of a container in the workload, by its name; also of one that starts before
    /// the others and stays (a sidecar among the init containers).
    pub(crate) fn path_of_container(&self, name: &str) -> Result<String, UnclearTarget> {
        let init = self.pod.init_containers.as_deref().unwrap_or_default();
        for (field, all) in
            [("containers", self.pod.containers.as_slice()), ("initContainers", init)]
        {
            if let Some(index) = all.iter().position(|one| one.name == name) {
                return Ok(format!("/spec/template/spec/{field}/{index}"));
            }
        }
        Err(self.no_container(name))
    }

    fn container_index(&self) -> Option<usize> {
        if let Some(name) = &self.named.container {
            return self.pod.containers.iter().position(|one| one.name == *name);
        }
        let target = self.front.as_ref().map(|front| IntOrString::Int(i32::from(front.target)));
        container::service_container(&self.pod, &self.annotations, target.as_ref())
    }

    /// The port on which its pods serve: where its Service leads to, else the container's first.
    pub(crate) fn port(&self) -> Option<u16> {
        match &self.front {
            Some(front) => Some(front.target),
            None => container::port_of(self.container()?, self.named_port().as_ref()),
        }
    }

    /// The port that the system file names, as a Service names its target.
    pub(super) fn named_port(&self) -> Option<IntOrString> {
        let port = self.named.port.as_ref()?;
        Some(port.parse().map_or_else(|_| IntOrString::String(port.clone()), IntOrString::Int))
    }

    /// The number of a port of the service's container.
    pub(crate) fn port_named(&self, name: &IntOrString) -> Option<u16> {
        container::port_of(self.container()?, Some(name))
    }

    /// Fails when it is not clear which container is the service.
    pub(super) fn must_have_a_container(&self, service: &str) -> Result<(), UnclearTarget> {
        if self.container().is_some() {
            return Ok(());
        }
        if let Some(name) = &self.named.container {
            return Err(self.no_container(name));
        }
        Err(UnclearTarget::SeveralContainers {
            service: service.to_owned(),
            workload: self.object.to_string(),
            containers: self.container_names(),
        })
    }

    fn no_container(&self, name: &str) -> UnclearTarget {
        UnclearTarget::NoContainer {
            container: name.to_owned(),
            workload: self.object.to_string(),
            containers: self.container_names(),
        }
    }

    fn container_names(&self) -> String {
        let names: Vec<&str> = self.pod.containers.iter().map(|one| one.name.as_str()).collect();
        names.join(", ")
    }
}

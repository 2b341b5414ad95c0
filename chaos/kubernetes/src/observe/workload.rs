//! The workload and the Service that a service of the system file has on the cluster.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_scenarios::plan::{self, StrategyKind};
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{Container, PodSpec, PodTemplateSpec, Service};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::api::ListParams;

use super::autoscaler::{self, Hpa};
use super::container;
use super::front::{self, FrontService};
use super::placement;
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::client::unclear_target::UnclearTarget;

/// Kubernetes' default termination grace period, in seconds.
const GRACE: i64 = 30;

/// A Deployment or StatefulSet, and the Service in front of it.
#[derive(Debug, Clone)]
pub(crate) struct Workload {
    pub(crate) object: ObjectRef,
    pub(crate) selector: BTreeMap<String, String>,
    pub(crate) replicas: u32,
    pub(crate) rollout: plan::Rollout,
    pub(crate) pod: PodSpec,
    /// The annotations of its pod template.
    annotations: BTreeMap<String, String>,
    /// What the system file says of it.
    pub(super) named: plan::ServiceOnKubernetes,
    /// The labels of its pod template; a Service or a budget may select by more
    /// than `selector` has.
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) front: Option<FrontService>,
    /// The Services of which it is not clear whether the workload is called by them.
    pub(crate) unclear_fronts: Vec<String>,
    pub(crate) scaler: Option<Hpa>,
    pub(crate) budget: Option<ObjectRef>,
}

/// What there is in a namespace that services can be.
pub(super) struct Inventory {
    /// All workloads, with their metadata.
    pub(super) workloads: Vec<(ObjectMeta, Workload)>,
    pub(super) services: Vec<Service>,
}

/// Lists all workloads and Services of the namespace.
pub(super) async fn list(cluster: &Cluster) -> Result<Inventory, KubeError> {
    let every = ListParams::default();
    let (deployments, sets, services) =
        (cluster.api::<Deployment>(), cluster.api::<StatefulSet>(), cluster.api::<Service>());
    let (deployments, sets, services, scalers, budgets) = tokio::try_join!(
        call_api("list deployments", deployments.list(&every)),
        call_api("list statefulsets", sets.list(&every)),
        call_api("list services", services.list(&every)),
        autoscaler::list(cluster),
        placement::budgets(cluster),
    )?;
    let deployments = deployments.into_iter().filter_map(of_deployment);
    let sets = sets.into_iter().filter_map(of_set);
    let mut found: Vec<(ObjectMeta, Workload)> = deployments.chain(sets).collect();
    let labels: Vec<_> = found.iter().map(|(_, workload)| workload.labels.clone()).collect();
    for (index, (_, workload)) in found.iter_mut().enumerate() {
        let others = labels.iter().enumerate().filter(|(other, _)| *other != index);
        let others: Vec<_> = others.map(|(_, labels)| labels).collect();
        let label = |key: &str| workload.labels.get(key).map(String::as_str);
        let by_labels = ["app.kubernetes.io/name", "app"].into_iter().filter_map(label);
        let names: Vec<&str> =
            std::iter::once(workload.object.name.as_str()).chain(by_labels).collect();
        let (labels, pod) = (&workload.labels, &workload.pod);
        let fronts = front::choose(&services.items, &names, labels, pod, &others);
        (workload.front, workload.unclear_fronts) = (fronts.front, fronts.unclear);
    }
    let scaled = found.into_iter().map(|(meta, mut workload)| {
        workload.scaler = scalers.iter().find(|one| one.scales(&workload.object)).cloned();
        let budget = budgets.iter().find(|one| one.protects(&workload.labels));
        workload.budget = budget.map(|budget| budget.object.clone());
        (meta, workload)
    });
    Ok(Inventory { workloads: scaled.collect(), services: services.items })
}

pub(super) fn of_deployment(one: Deployment) -> Option<(ObjectMeta, Workload)> {
    let spec = one.spec?;
    let replicas = u32::try_from(spec.replicas.unwrap_or(1)).ok()?;
    let strategy = spec.strategy.unwrap_or_default();
    let rolling = strategy.rolling_update.unwrap_or_default();
    let kind = match strategy.type_.as_deref() {
        Some("Recreate") => StrategyKind::Recreate,
        _ => StrategyKind::RollingUpdate,
    };
    let rollout = plan::Rollout {
        kind,
        max_surge: share(rolling.max_surge.as_ref(), replicas, Rounding::Up),
        max_unavailable: share(rolling.max_unavailable.as_ref(), replicas, Rounding::Down),
    };
    let selector = spec.selector.match_labels.unwrap_or_default();
    let object = ObjectRef::new(ObjectKind::Deployment, one.metadata.name.as_deref()?);
    workload(one.metadata, object, selector, replicas, rollout, spec.template)
}

fn of_set(one: StatefulSet) -> Option<(ObjectMeta, Workload)> {
    let spec = one.spec?;
    let replicas = u32::try_from(spec.replicas.unwrap_or(1)).ok()?;
    let rollout =
        // A StatefulSet replaces one pod after the other and never has more than its replicas.
        plan::Rollout { kind: StrategyKind::RollingUpdate, max_surge: 0, max_unavailable: 1 };
    let selector = spec.selector.match_labels.unwrap_or_default();
    let object = ObjectRef::new(ObjectKind::StatefulSet, one.metadata.name.as_deref()?);
    workload(one.metadata, object, selector, replicas, rollout, spec.template)
}

fn workload(
    meta: ObjectMeta,
    object: ObjectRef,
    selector: BTreeMap<String, String>,
    replicas: u32,
    rollout: plan::Rollout,
    template: PodTemplateSpec,
) -> Option<(ObjectMeta, Workload)> {
    let of_pod = template.metadata.unwrap_or_default();
    let (labels, annotations) =
        (of_pod.labels.unwrap_or_default(), of_pod.annotations.unwrap_or_default());
    let pod = template.spec?;
    // What stands beside it is found when all workloads are known.
    let (front, unclear_fronts, scaler, budget) = (None, vec![], None, None);
    let named = plan::ServiceOnKubernetes::default();
    let workload = Workload {
        object,
        annotations,
        named,
        selector,
        replicas,
        rollout,
        pod,
        labels,
        front,
        unclear_fronts,
        scaler,
        budget,
    };
    Some((meta, workload))
}

#[derive(Clone, Copy)]
enum Rounding {
    Up,
    Down,
}

/// A number, or a percentage of the replicas; 25 % unless given.
fn share(value: Option<&IntOrString>, replicas: u32, rounding: Rounding) -> u32 {
    let percent = match value {
        Some(IntOrString::Int(number)) => return u32::try_from(*number).unwrap_or_default(),
        Some(IntOrString::String(text)) => text.trim_end_matches('%').parse().unwrap_or(25),
        None => 25,
    };
    match rounding {
        Rounding::Up => (replicas * percent).div_ceil(100),
        Rounding::Down => replicas * percent / 100,
    }
}

impl Workload {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surge_is_rounded_up_and_max_unavailable_down() {
        let percent = IntOrString::String("25%".to_owned());
        assert_eq!(share(Some(&percent), 3, Rounding::Up), 1);
        assert_eq!(share(Some(&percent), 3, Rounding::Down), 0);
        assert_eq!(share(None, 8, Rounding::Down), 2);
        assert_eq!(share(Some(&IntOrString::Int(3)), 8, Rounding::Up), 3);
    }
}

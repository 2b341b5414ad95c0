//! What a service of the system file is on the cluster.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_scenarios::plan::{self, StrategyKind};
use brunt_scenarios::system::{HttpGet, Probe};
use brunt_scenarios::units::Cpu;
use indexmap::IndexMap;
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{self as core, PodSpec, PodTemplateSpec, Service};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::ResourceExt;
use kube::api::ListParams;

use crate::changes::record::RUN;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::observe::autoscaler::{self, Hpa};
use crate::observe::placement;

/// Kubernetes' own grace when a pod does not say.
const GRACE: i64 = 30;

/// From a decision of a controller to a container that starts: scheduling, and an image that
/// is there already.
const SCHEDULES: Duration = Duration::from_secs(5);

/// A Deployment or StatefulSet, and the Service in front of it.
#[derive(Debug, Clone)]
pub(crate) struct Workload {
    pub(crate) object: ObjectRef,
    pub(crate) selector: BTreeMap<String, String>,
    pub(crate) replicas: u32,
    pub(crate) rollout: plan::Rollout,
    pub(crate) pod: PodSpec,
    /// The labels of its pods.
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) front: Option<FrontService>,
    pub(crate) scaler: Option<Hpa>,
    pub(crate) budget: Option<ObjectRef>,
}

/// A Service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FrontService {
    pub(crate) name: String,
    pub(crate) address: Option<String>,
    pub(crate) port: u16,
    pub(crate) selector: BTreeMap<String, String>,
}

/// Finds the workload of every service that brunt may break.
///
/// # Errors
/// When one is not there, or when they cannot be listed.
pub(crate) async fn find(
    cluster: &Cluster,
    system: &plan::System,
) -> Result<IndexMap<String, Workload>, KubeError> {
    let all = list(cluster).await?;
    let wanted = system.services.iter().filter(|(_, service)| service.is_ours());
    wanted
        .map(|(name, _)| {
            let candidates = names(name);
            let found = candidates.iter().find_map(|candidate| {
                all.iter()
                    .find(|(meta, _)| is_called(meta, candidate))
                    .map(|(_, workload)| workload.clone())
            });
            let missing = || KubeError::NoWorkload {
                service: name.clone(),
                namespace: cluster.namespace.clone(),
                looked_for: candidates.join(", "),
            };
            Ok((name.clone(), found.ok_or_else(missing)?))
        })
        .collect()
}

/// What a service may be called on a cluster, where names have no capitals: `bookInventory` is
/// `bookinventory` or `book-inventory`.
pub(crate) fn names(service: &str) -> Vec<String> {
    let mut kebab = String::new();
    for letter in service.chars() {
        if letter.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    let mut names = vec![service.to_lowercase(), kebab];
    names.dedup();
    names
}

fn is_called(meta: &ObjectMeta, name: &str) -> bool {
    let labels = meta.labels.as_ref();
    let label =
        |key: &str| labels.and_then(|labels| labels.get(key)).is_some_and(|value| value == name);
    meta.name.as_deref() == Some(name) || label("app.kubernetes.io/name") || label("app")
}

async fn list(cluster: &Cluster) -> Result<Vec<(ObjectMeta, Workload)>, KubeError> {
    let every = ListParams::default();
    let (deployments, sets, services) =
        (cluster.api::<Deployment>(), cluster.api::<StatefulSet>(), cluster.api::<Service>());
    let (deployments, sets, services, scalers, budgets) = tokio::try_join!(
        KubeError::bounded("list deployments", deployments.list(&every)),
        KubeError::bounded("list statefulsets", sets.list(&every)),
        KubeError::bounded("list services", services.list(&every)),
        autoscaler::list(cluster),
        placement::budgets(cluster),
    )?;
    let deployments = deployments.into_iter().filter_map(|one| of_deployment(one, &services.items));
    let sets = sets.into_iter().filter_map(|one| of_set(one, &services.items));
    let scaled = deployments.chain(sets).map(|(meta, mut workload)| {
        workload.scaler = scalers.iter().find(|one| one.scales(&workload.object)).cloned();
        let budget = budgets.iter().find(|one| one.protects(&workload.labels));
        workload.budget = budget.map(|budget| budget.object.clone());
        (meta, workload)
    });
    Ok(scaled.collect())
}

fn of_deployment(one: Deployment, services: &[Service]) -> Option<(ObjectMeta, Workload)> {
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
    workload(one.metadata, object, selector, replicas, rollout, spec.template, services)
}

fn of_set(one: StatefulSet, services: &[Service]) -> Option<(ObjectMeta, Workload)> {
    let spec = one.spec?;
    let replicas = u32::try_from(spec.replicas.unwrap_or(1)).ok()?;
    let rollout =
        plan::Rollout { kind: StrategyKind::RollingUpdate, max_surge: 0, max_unavailable: 1 };
    let selector = spec.selector.match_labels.unwrap_or_default();
    let object = ObjectRef::new(ObjectKind::StatefulSet, one.metadata.name.as_deref()?);
    workload(one.metadata, object, selector, replicas, rollout, spec.template, services)
}

fn workload(
    meta: ObjectMeta,
    object: ObjectRef,
    selector: BTreeMap<String, String>,
    replicas: u32,
    rollout: plan::Rollout,
    template: PodTemplateSpec,
    services: &[Service],
) -> Option<(ObjectMeta, Workload)> {
    let labels = template.metadata.and_then(|meta| meta.labels).unwrap_or_default();
    let front = services.iter().find_map(|service| front(service, &labels));
    let (pod, scaler, budget) = (template.spec?, None, None);
    Some((
        meta,
        Workload { object, selector, replicas, rollout, pod, labels, front, scaler, budget },
    ))
}

/// A Service, if it leads to pods with these labels.
fn front(service: &Service, labels: &BTreeMap<String, String>) -> Option<FrontService> {
    // What another run has added goes with that run.
    if service.labels().contains_key(RUN) {
        return None;
    }
    let spec = service.spec.as_ref()?;
    let selector = spec.selector.clone().filter(|selector| !selector.is_empty())?;
    if !selector.iter().all(|(key, value)| labels.get(key) == Some(value)) {
        return None;
    }
    let port = spec.ports.as_ref()?.first()?.port;
    Some(FrontService {
        name: service.name_any(),
        address: spec.cluster_ip.clone().filter(|address| address != "None" && !address.is_empty()),
        port: u16::try_from(port).ok()?,
        selector,
    })
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
    /// The labels of its pods, as a selector is written.
    pub(crate) fn selects(&self) -> String {
        let each: Vec<String> =
            self.selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
        each.join(",")
    }

    /// How many replicas there are at rest.
    pub(crate) fn least(&self) -> u32 {
        self.scaler.as_ref().map_or(self.replicas, |scaler| scaler.min)
    }

    /// From being told to end until being ended.
    pub(crate) fn grace(&self) -> Duration {
        seconds(self.pod.termination_grace_period_seconds.unwrap_or(GRACE))
    }

    /// The processor time that a pod requests.
    fn requests(&self) -> Cpu {
        let requests = |container: &core::Container| {
            container.resources.as_ref()?.requests.as_ref()?.get("cpu")?.0.parse::<Cpu>().ok()
        };
        let each = self.pod.containers.iter().filter_map(requests);
        Cpu::millis(each.map(Cpu::to_millis).sum())
    }

    /// The port on which its pods serve.
    pub(crate) fn port(&self) -> Option<u16> {
        let ports = self.pod.containers.first()?.ports.as_ref()?;
        u16::try_from(ports.first()?.container_port).ok()
    }

    /// Makes of a service of the system file what runs on the cluster, so that bounds are
    /// computed from that.
    pub(crate) fn inform(&self, service: &mut plan::Service) {
        let container = self.pod.containers.first();
        service.replicas = self.least();
        service.autoscaler = self.scaler.as_ref().map(|scaler| scaler.settings(self.requests()));
        service.rollout = self.rollout;
        service.readiness = container.and_then(|one| one.readiness_probe.as_ref()).map(probe);
        service.liveness = container.and_then(|one| one.liveness_probe.as_ref()).map(probe);
        service.grace = self.grace();
        service.placement = plan::Placement {
            spread: placement::is_spread(&self.pod),
            budget: self.budget.is_some(),
        };
        service.starts_within += SCHEDULES;
        if let Some(startup) = container.and_then(|one| one.startup_probe.as_ref()).map(probe) {
            service.starts_within += seconds(startup.initial_delay_seconds)
                + seconds(startup.period_seconds) * startup.failure_threshold
                + seconds(startup.timeout_seconds);
        }
    }
}

fn seconds(number: impl TryInto<u64>) -> Duration {
    Duration::from_secs(number.try_into().unwrap_or_default())
}

/// A probe's figures. Those that ask in another way than over HTTP have no path.
fn probe(probe: &core::Probe) -> Probe {
    let number = |value: Option<i32>, default: u32| {
        value.and_then(|value| u32::try_from(value).ok()).unwrap_or(default)
    };
    let path = probe.http_get.as_ref().and_then(|get| get.path.clone()).unwrap_or_default();
    Probe {
        http_get: HttpGet { path },
        initial_delay_seconds: number(probe.initial_delay_seconds, 0),
        period_seconds: number(probe.period_seconds, 10),
        timeout_seconds: number(probe.timeout_seconds, 1),
        success_threshold: number(probe.success_threshold, 1),
        failure_threshold: number(probe.failure_threshold, 3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_become_small_or_hyphens() {
        assert_eq!(names("bookInventory"), ["bookinventory", "book-inventory"]);
        assert_eq!(names("order"), ["order"]);
    }

    #[test]
    fn surge_is_rounded_up_and_unavailable_down() {
        let percent = IntOrString::String("25%".to_owned());
        assert_eq!(share(Some(&percent), 3, Rounding::Up), 1);
        assert_eq!(share(Some(&percent), 3, Rounding::Down), 0);
        assert_eq!(share(None, 8, Rounding::Down), 2);
        assert_eq!(share(Some(&IntOrString::Int(3)), 8, Rounding::Up), 3);
    }
}

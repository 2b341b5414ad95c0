//! What single faults would meet, as far as the live objects tell it beforehand.

use brunt_scenarios::plan::{FaultKind, NodeFault, NodePick, PlatformFault};
use brunt_scenarios::scenario::ProbeKind;
use k8s_openapi::api::core::v1::Container;
use serde_json::Value;

use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::faults::roll_back;
use crate::observe::services::ClusterServices;
use crate::observe::workload::Workload;

/// Something that a fault would meet.
pub(super) enum Foreseen {
    /// It could not happen, or would hit nothing.
    Problem(String),
    /// It could happen otherwise than somebody may think.
    Note(String),
}

use Foreseen::{Note, Problem};

/// Looks at what a fault would change or need, besides what [`crate::faults::beforehand`] refuses.
pub(super) async fn of_fault(
    cluster: &Cluster,
    services: &ClusterServices,
    kind: &FaultKind,
) -> Result<Vec<Foreseen>, KubeError> {
    let workload = |service: &String| services.workloads.get(service);
    Ok(match kind {
        FaultKind::Pause { .. } => vec![Problem(
            "processes cannot be frozen on a cluster; use `stress` or `stop`".to_owned(),
        )],
        FaultKind::Scale { service, replicas } if *replicas > 0 => {
            workload(service).and_then(autoscaler_decides).into_iter().collect()
        }
        FaultKind::Platform { service, fault } => match workload(service) {
            Some(workload) => {
                of_platform(&cluster.within(&workload.namespace), workload, fault).await?
            }
            None => vec![],
        },
        FaultKind::Nodes { which, fault } => of_nodes(cluster, services, which, *fault).await?,
        _ => vec![],
    })
}

fn autoscaler_decides(workload: &Workload) -> Option<Foreseen> {
    let scaler = &workload.scaler.as_ref()?.object;
    Some(Note(format!("{scaler} decides about {}, and may set another number", workload.object)))
}

async fn of_platform(
    cluster: &Cluster,
    workload: &Workload,
    fault: &PlatformFault,
) -> Result<Vec<Foreseen>, KubeError> {
    Ok(match fault {
        PlatformFault::Evict(_) => blocked(cluster, workload).await?.into_iter().collect(),
        PlatformFault::RollBack => match roll_back::version_before(cluster, workload).await? {
            Some(_) => vec![],
            None => vec![Problem(format!("{} has no version before this one", workload.object))],
        },
        PlatformFault::SetConfig { name, .. } => {
            let map = ObjectRef::new(ObjectKind::ConfigMap, name);
            match map.read(cluster).await {
                Err(error) if error.is_not_found() => {
                    vec![Problem(format!("there is no {map}"))]
                }
                found => found.map(|_| vec![])?,
            }
        }
        PlatformFault::Autoscale { target, .. } => match &workload.scaler {
            None => vec![Problem(format!("{} has no autoscaler", workload.object))],
            Some(scaler) if target.is_some() && scaler.utilization_path().is_none() => {
                vec![Problem(format!("{} does not look at the processor", scaler.object))]
            }
            Some(_) => vec![],
        },
        PlatformFault::Probe { which, path } => {
            no_probe(workload, *which, path.is_some()).into_iter().collect()
        }
        _ => vec![],
    })
}

fn no_probe(workload: &Workload, which: ProbeKind, needs_path: bool) -> Option<Foreseen> {
    let container: &Container = workload.container()?;
    let probe = match which {
        ProbeKind::Readiness => &container.readiness_probe,
        ProbeKind::Liveness => &container.liveness_probe,
        ProbeKind::Startup => &container.startup_probe,
    };
    let (name, object) = (&container.name, &workload.object);
    match probe {
        None => Some(Problem(format!("container {name} of {object} has no such probe"))),
        Some(probe) if needs_path && probe.http_get.is_none() => {
            Some(Problem(format!("that probe of container {name} of {object} asks for no path")))
        }
        Some(_) => None,
    }
}

/// What a budget that lets no pod go now means for an eviction.
async fn blocked(cluster: &Cluster, workload: &Workload) -> Result<Option<Foreseen>, KubeError> {
    let Some(budget) = &workload.budget else { return Ok(None) };
    let found = budget.read(cluster).await?;
    let allowed = found.pointer("/status/disruptionsAllowed").and_then(Value::as_i64);
    let blocks = || Note(format!("{budget} lets no pod of {} go now", workload.object));
    Ok((allowed == Some(0)).then(blocks))
}

async fn of_nodes(
    cluster: &Cluster,
    services: &ClusterServices,
    which: &NodePick,
    fault: NodeFault,
) -> Result<Vec<Foreseen>, KubeError> {
    let mut foreseen = Vec::new();
    if let NodePick::Named(name) = which {
        let node = ObjectRef::new(ObjectKind::Node, name);
        match node.read(cluster).await {
            Err(error) if error.is_not_found() => {
                foreseen.push(Problem(format!("there is no {node}")));
            }
            found => drop(found?),
        }
    }
    if fault == NodeFault::Drain {
        for workload in services.workloads.values() {
            let there = cluster.within(&workload.namespace);
            foreseen.extend(blocked(&there, workload).await?);
        }
    }
    Ok(foreseen)
}

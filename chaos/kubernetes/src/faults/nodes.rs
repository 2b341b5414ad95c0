//! Which nodes a fault is about, and which replicas are on them.

use brunt_faults::{Node, TargetError};
use brunt_scenarios::plan::NodePick;
use k8s_openapi::api::core::v1;
use kube::api::ListParams;
use kube::{Api, ResourceExt};

use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::observe::services::ClusterServices;
use crate::observe::watcher::Observer;

/// The label of a node that names its zone.
const ZONE: &str = "topology.kubernetes.io/zone";

/// A node's name, and its zone if it is in one.
pub(super) type NodeZone = (String, Option<String>);

/// The nodes that are meant, each with all of the system's replicas on it.
pub(crate) async fn pick(
    cluster: &Cluster,
    observer: &Observer,
    services: &ClusterServices,
    which: &NodePick,
) -> Result<Vec<Node>, TargetError> {
    let nodes: Vec<NodeZone> = match which {
        // Its zone is not asked for: that takes a right which a single node does not need.
        NodePick::Named(name) => vec![(name.clone(), None)],
        NodePick::Of { service, .. } => {
            under(observer, services, service)?.into_iter().map(|name| (name, None)).collect()
        }
        NodePick::Zone(wanted) => {
            let all = zones(cluster).await?.into_iter();
            all.filter(|(_, zone)| zone.as_ref() == Some(wanted)).collect()
        }
        NodePick::ZoneOf(service) => {
            let under = under(observer, services, service)?;
            let all = zones(cluster).await?;
            let of = |node: &String| all.iter().find(|(name, _)| name == node)?.1.clone();
            let wanted: Vec<String> = under.iter().filter_map(of).collect();
            let is_wanted = |zone: &String| wanted.contains(zone);
            all.into_iter().filter(|(_, zone)| zone.as_ref().is_some_and(is_wanted)).collect()
        }
    };
    // Pods that are being deleted leave anyhow, and must not count against the limits.
    let state = observer.state();
    let replicas_on = |name: &String| {
        let pods = state.all_pods().filter(|pod| pod.node == *name && !pod.leaving);
        pods.map(|pod| (pod.service.clone(), pod.number)).collect()
    };
    let node = |(name, zone): NodeZone| Node { replicas: replicas_on(&name), name, zone };
    Ok(nodes.into_iter().map(node).collect())
}

/// The nodes on which a service's replicas run.
fn under(
    observer: &Observer,
    services: &ClusterServices,
    service: &str,
) -> Result<Vec<String>, TargetError> {
    services.workload(service)?;
    let mut names: Vec<String> =
        observer.state().pods(service).into_iter().map(|pod| pod.node).collect();
    // The same seed must draw the same nodes, in whatever order their pods are known.
    names.sort();
    names.dedup();
    Ok(names)
}

/// Every node of the cluster.
pub(super) async fn zones(cluster: &Cluster) -> Result<Vec<NodeZone>, KubeError> {
    let api: Api<v1::Node> = Api::all(cluster.client.clone());
    let all = call_api("list nodes", api.list(&ListParams::default())).await?;
    let zone = |node: v1::Node| (node.name_any(), node.labels().get(ZONE).cloned());
    Ok(all.into_iter().map(zone).collect())
}

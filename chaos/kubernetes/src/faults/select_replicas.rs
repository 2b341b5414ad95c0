//! Selecting replicas by the node or zone that they are on, and by their labels.

use std::collections::BTreeSet;

use brunt_faults::TargetError;
use brunt_scenarios::plan::ReplicaFilter;

use super::nodes::zones;
use crate::client::connect::Cluster;
use crate::observe::pod_state::PodState;
use crate::observe::services::ClusterServices;
use crate::observe::watcher::Observer;

/// The numbers of a service's replicas for which all of it holds.
pub(crate) async fn select(
    cluster: &Cluster,
    observer: &Observer,
    services: &ClusterServices,
    service: &str,
    only: &ReplicaFilter,
) -> Result<BTreeSet<u32>, TargetError> {
    services.workload(service)?;
    // Listing nodes needs a right that a selection by labels alone does not.
    let zones = match &only.zone {
        Some(_) => zones(cluster).await?,
        None => vec![],
    };
    let matches = |pod: &PodState| {
        let in_zone = |zone: &String| zones.contains(&(pod.node.clone(), Some(zone.clone())));
        only.node.as_ref().is_none_or(|node| pod.node == *node)
            && only.zone.as_ref().is_none_or(in_zone)
            && only.labels.iter().all(|(key, value)| pod.labels.get(key) == Some(value))
    };
    let pods = observer.state().pods(service);
    Ok(pods.iter().filter(|pod| matches(pod)).map(|pod| pod.number).collect())
}

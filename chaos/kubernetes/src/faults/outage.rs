//! Nodes without power, played by their pods: they go at once, and none comes back, as the nodes
//! are closed. Recovering is opening the nodes (`cordon.rs`): replicas come back by themselves.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_faults::{NodeEffect, TargetError};

use super::context::FaultContext;
use super::kill;
use crate::observe::pod_state::PodState;

/// Deletes these replicas of each service without grace. The nodes are closed by then.
pub(crate) async fn inject(
    with: FaultContext<'_>,
    replicas: &BTreeMap<String, Vec<u32>>,
) -> Result<NodeEffect, TargetError> {
    let mut hits = 0;
    for (service, numbers) in replicas {
        // A replica that has gone meanwhile need not be killed.
        let pods: Vec<PodState> =
            numbers.iter().filter_map(|number| with.observer.pod(service, *number).ok()).collect();
        hits += kill::inject(&with.changer_of(service)?, &pods, Duration::ZERO).await?;
    }
    Ok(NodeEffect { hits, kept: None })
}

//! Emptying nodes by eviction. Only pods of the run's own services are evicted: nodes belong to
//! others too.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_faults::{NodeEffect, TargetError};
use tokio::time::Instant;

use super::context::FaultContext;
use super::evict::evict;
use crate::client::error::KubeError;

/// How long an eviction is tried again that a budget refuses, where the fault has no length.
const RETRY_FOR: Duration = Duration::from_secs(60);

/// How long is waited before an eviction that a budget refused is tried again. kubectl waits 5 s; a
/// fault's time is shorter.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What became of one replica on a node that is drained.
enum Eviction {
    Evicted,
    /// It has gone by itself.
    Gone,
    /// A budget kept it: the pod, and the budget's words.
    Kept(String),
}

/// Evicts all replicas at once, as kubectl does, and tries again while budgets refuse, for `within`
/// at most: then the fault is over.
pub(crate) async fn inject(
    with: FaultContext<'_>,
    replicas: &BTreeMap<String, Vec<u32>>,
    within: Option<Duration>,
) -> Result<NodeEffect, TargetError> {
    let until = Instant::now() + within.unwrap_or(RETRY_FOR);
    let each =
        replicas.iter().flat_map(|(service, all)| all.iter().map(move |one| (service, *one)));
    let evictions = each.map(|(service, replica)| evict_until(with, service, replica, until));
    let mut effect = NodeEffect::default();
    let mut kept = Vec::new();
    for eviction in futures::future::try_join_all(evictions).await? {
        match eviction {
            Eviction::Evicted => effect.hits += 1,
            Eviction::Gone => {}
            Eviction::Kept(why) => kept.push(why),
        }
    }
    effect.kept = (!kept.is_empty()).then(|| kept.join("; "));
    Ok(effect)
}

async fn evict_until(
    with: FaultContext<'_>,
    service: &str,
    replica: u32,
    until: Instant,
) -> Result<Eviction, TargetError> {
    let changer = with.changer_of(service)?;
    while let Ok(pod) = with.observer.pod(service, replica) {
        match evict(&changer, &pod).await {
            Ok(true) => return Ok(Eviction::Evicted),
            Ok(false) => return Ok(Eviction::Gone),
            // Nothing is evicted meanwhile, so another try would be refused as well.
            Err(KubeError::Refused { why, .. }) if changer.is_dry_run() => {
                changer.note(format!("Pod {} would have to wait: {why}", pod.name));
                return Ok(Eviction::Gone);
            }
            Err(KubeError::Refused { why, .. }) if Instant::now() >= until => {
                tracing::warn!(pod = pod.name, why, "a disruption budget keeps a pod on its node");
                return Ok(Eviction::Kept(format!("pod {} stays: {why}", pod.name)));
            }
            Err(KubeError::Refused { .. }) => {
                tokio::time::sleep_until(until.min(Instant::now() + RETRY_AFTER)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Eviction::Gone)
}

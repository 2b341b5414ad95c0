//! Emptying nodes by eviction. Only pods of the run's own services are evicted: nodes belong to
//! others too.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_faults::TargetError;
use tokio::time::Instant;

use super::evict::evict;
use crate::changes::changer::Changer;
use crate::client::error::KubeError;
use crate::observe::watcher::Observer;

/// How long an eviction is tried again that a budget refuses.
const RETRY_FOR: Duration = Duration::from_secs(60);

/// How long is waited before an eviction that a budget refused is tried again. kubectl waits 5 s; a
/// fault's time is shorter.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Evicts all replicas at once, as kubectl does, and tries again while budgets refuse. Returns how
/// many were evicted.
pub(crate) async fn inject(
    changer: &Changer,
    observer: &Observer,
    replicas: &BTreeMap<String, Vec<u32>>,
) -> Result<u64, TargetError> {
    let until = Instant::now() + RETRY_FOR;
    let each =
        replicas.iter().flat_map(|(service, all)| all.iter().map(move |one| (service, *one)));
    let evictions =
        each.map(|(service, replica)| evict_until(changer, observer, service, replica, until));
    let evicted = futures::future::try_join_all(evictions).await?;
    Ok(evicted.into_iter().map(u64::from).sum())
}

/// Evicts one replica. Returns whether it was evicted: one that has gone by itself
/// needs no eviction.
async fn evict_until(
    changer: &Changer,
    observer: &Observer,
    service: &str,
    replica: u32,
    until: Instant,
) -> Result<bool, KubeError> {
    while let Ok(pod) = observer.pod(service, replica) {
        match evict(changer, &pod).await {
            Err(KubeError::Refused { why, .. }) if Instant::now() > until => {
                tracing::warn!(pod = pod.name, why, "a disruption budget keeps a pod on its node");
                changer.note(format!("Pod {} stays: {why}", pod.name));
                return Ok(false);
            }
            Err(KubeError::Refused { why, .. }) if changer.is_dry_run() => {
                changer.note(format!("Pod {} would have to wait: {why}", pod.name));
                return Ok(false);
            }
            Err(KubeError::Refused { .. }) => tokio::time::sleep(RETRY_AFTER).await,
            outcome => return outcome,
        }
    }
    Ok(false)
}

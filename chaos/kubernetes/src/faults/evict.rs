//! Evicting pods, which a disruption budget may refuse.

use brunt_faults::TargetError;
use kube::api::DeleteParams;

use crate::changes::changer::Changer;
use crate::client::error::KubeError;
use crate::observe::pod_state::PodState;
use crate::observe::watcher::Observer;

/// Evicts replicas. Returns how many; an error only if a budget has let none go.
pub(super) async fn inject(
    changer: &Changer,
    observer: &Observer,
    service: &str,
    replicas: &[u32],
) -> Result<u64, TargetError> {
    let mut evicted = 0;
    let mut refusals = Vec::new();
    for replica in replicas {
        match evict(changer, &observer.pod(service, *replica)?).await {
            Ok(was_there) => evicted += u64::from(was_there),
            Err(KubeError::Refused { why, .. }) => refusals.push(why),
            Err(error) => return Err(error.into()),
        }
    }
    match refusals.first() {
        // That a budget keeps some is what it is for; that none went, the user must know.
        Some(why) if evicted == 0 => {
            Err(TargetError::platform(format!("the disruption budget refused: {why}")))
        }
        _ => Ok(evicted),
    }
}

/// Evicts a pod, if it is still the one that is meant. Returns whether it was there. A budget's
/// refusal is [`KubeError::Refused`].
pub(super) async fn evict(changer: &Changer, pod: &PodState) -> Result<bool, KubeError> {
    changer.check_lease()?;
    let params = DeleteParams { preconditions: pod.precondition(), ..DeleteParams::default() };
    match changer.writer().evict(&pod.name, params).await {
        Ok(()) => {
            changer.note(format!("Pod {} on {} evicted", pod.name, pod.node));
            Ok(true)
        }
        Err(error) if error.is_not_found() || error.is_conflict() => Ok(false),
        Err(error) => Err(error),
    }
}

//! Deleting pods; their controllers replace them.

use std::time::Duration;

use futures::future::join_all;
use k8s_openapi::api::core::v1::Pod;
use kube::api::DeleteParams;

use crate::changes::changer::Changer;
use crate::client::error::KubeError;
use crate::observe::pod_state::PodState;

/// How many pods are deleted at the same time: hundreds should go together, and the API server
/// serves others too.
const CONCURRENCY: usize = 20;

/// Deletes pods. Returns how many of them were still there.
pub(crate) async fn inject(
    changer: &Changer,
    pods: &[PodState],
    grace: Duration,
) -> Result<u64, KubeError> {
    let mut killed = 0;
    for some in pods.chunks(CONCURRENCY) {
        for was_there in join_all(some.iter().map(|pod| delete(changer, pod, grace))).await {
            killed += u64::from(was_there?);
        }
    }
    Ok(killed)
}

/// Deletes a pod, if it is still the one that is meant: a pod of a StatefulSet is followed by
/// another one of its name. Returns whether it was there.
async fn delete(changer: &Changer, pod: &PodState, grace: Duration) -> Result<bool, KubeError> {
    changer.check_lease()?;
    // Kubernetes counts whole seconds, and none would be SIGKILL at once.
    let seconds = u32::try_from(grace.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
    let mut params = DeleteParams::default().grace_period(seconds);
    params.preconditions = pod.precondition();
    let (api, what) = (changer.cluster().api::<Pod>(), format!("delete pod {}", pod.name));
    match changer.writer().delete(&what, &api, ("Pod", &pod.name), &params).await {
        Ok(()) => {
            changer.note(format!("Pod {} on {} deleted, grace {seconds} s", pod.name, pod.node));
            Ok(true)
        }
        // A conflict means that the pod of this name is another one by now.
        Err(error) if error.is_not_found() || error.is_conflict() => Ok(false),
        Err(error) => Err(error),
    }
}

//! Whether a pod of brunt's own will start: the event's own words as soon as it is clear that it
//! will not. A quota, a taint or a pull that fails is known within seconds, and is not waited out.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Event, Pod};
use kube::ResourceExt;
use kube::api::ListParams;
use tokio::time::Instant;

use super::pod_status::{PodStatus, unscheduled};
use crate::client::call::call_api;
use crate::client::connect::Cluster;

/// How long a pod may be without a node. Another pod may be about to leave its place; with all that
/// comes before, the reason is to be said within 5 s.
const UNSCHEDULED: Duration = Duration::from_millis(2500);

/// The event by which an autoscaler of the cluster says that it adds a node.
const ADDS_NODE: &str = "TriggeredScaleUp";

/// Follows one pod until it runs.
#[derive(Debug, Default)]
pub(crate) struct PodStart {
    unscheduled_since: Option<Instant>,
}

impl PodStart {
    /// Why the pod will not start, if that is clear by now. `job` is the Job that should make it,
    /// while there is none.
    pub(crate) async fn obstacle(
        &mut self,
        cluster: &Cluster,
        pod: Option<&Pod>,
        job: &str,
    ) -> Option<String> {
        let Some(pod) = pod else { return refusal(cluster, job).await };
        if let PodStatus::Stuck(why) = PodStatus::of(pod) {
            return Some(why);
        }
        let Some(why) = unscheduled(pod) else {
            self.unscheduled_since = None;
            return None;
        };
        let since = *self.unscheduled_since.get_or_insert_with(Instant::now);
        if since.elapsed() < UNSCHEDULED || is_node_coming(cluster, &pod.name_any()).await {
            return None;
        }
        Some(format!("no node takes it ({why})"))
    }
}

/// Why a Job may make no pods: a quota, or a policy. Its account may come a moment after it, so
/// that one that is missing is waited for.
async fn refusal(cluster: &Cluster, job: &str) -> Option<String> {
    let of_job = format!("involvedObject.kind=Job,involvedObject.name={job},reason=FailedCreate");
    let all = messages(cluster, &of_job).await;
    all.into_iter().find(|message| !message.contains("error looking up service account"))
}

async fn is_node_coming(cluster: &Cluster, pod: &str) -> bool {
    let of_pod = format!("involvedObject.kind=Pod,involvedObject.name={pod},reason={ADDS_NODE}");
    !messages(cluster, &of_pod).await.is_empty()
}

/// An account that may not see events learns of it when the time is over.
async fn messages(cluster: &Cluster, fields: &str) -> Vec<String> {
    let params = ListParams::default().fields(fields);
    let events = cluster.api::<Event>();
    let all = call_api("look at the events of a helper", events.list(&params)).await;
    all.into_iter().flatten().filter_map(|event| event.message).collect()
}

//! What became of a worker's pod, in words that say what to do about it.

use std::time::Duration;

use k8s_openapi::api::core::v1::{ContainerState, Pod};

use crate::client::connect::Cluster;
use crate::client::error::KubeError;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);

/// Whether a pod runs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PodStatus {
    Runs,
    /// Not yet.
    Waits(String),
    /// It will not by itself.
    Hopeless(String),
}

impl PodStatus {
    pub(crate) fn waits(why: &str) -> Self {
        Self::Waits(why.to_owned())
    }
}

/// What the kubelet says of images and settings that no waiting helps.
const HOPELESS: [&str; 4] = ["ErrImage", "ImagePull", "InvalidImage", "CreateContainer"];

pub(crate) fn standing(pod: &Pod) -> PodStatus {
    let Some(state) = state(pod) else {
        let conditions = pod.status.as_ref().and_then(|status| status.conditions.as_ref());
        let mut unscheduled = conditions
            .into_iter()
            .flatten()
            .filter(|one| one.type_ == "PodScheduled" && one.status == "False");
        let why = unscheduled.find_map(|one| one.message.clone());
        return PodStatus::Waits(why.map_or("it is not scheduled yet".to_owned(), |why| {
            format!("no node takes it ({why})")
        }));
    };
    if state.running.is_some() {
        return PodStatus::Runs;
    }
    if let Some(waiting) = state.waiting {
        let reason = waiting.reason.unwrap_or_default();
        let why = match waiting.message {
            Some(message) => format!("{reason}: {message}"),
            None => reason.clone(),
        };
        let hopeless = HOPELESS.iter().any(|word| reason.contains(word));
        return if hopeless { PodStatus::Hopeless(why) } else { PodStatus::Waits(why) };
    }
    match how_it_ended(pod) {
        Some(Err(why)) => PodStatus::Hopeless(why),
        Some(Ok(())) => PodStatus::Hopeless("it ended at once".to_owned()),
        None => PodStatus::waits("it has not started yet"),
    }
}

/// Waits until a pod's end shows in its status, and says why it was no good one.
pub(crate) async fn of(cluster: &Cluster, name: &str, within: Duration) -> Result<(), String> {
    let pods = cluster.api::<Pod>();
    let until = tokio::time::Instant::now() + within;
    loop {
        let found = KubeError::bounded("look at a load worker", pods.get_opt(name)).await;
        let pod = found.map_err(|error| error.to_string())?;
        let Some(pod) = pod else {
            return Err("its pod was deleted".to_owned());
        };
        if let Some(end) = how_it_ended(&pod) {
            return end;
        }
        if pod.metadata.deletion_timestamp.is_some() {
            return Err(
                "its pod is being deleted: it was evicted, its node is drained, or somebody deleted it"
                    .to_owned(),
            );
        }
        if tokio::time::Instant::now() > until {
            return Err("the connection to it broke".to_owned());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// How a pod ended, if it has.
fn how_it_ended(pod: &Pod) -> Option<Result<(), String>> {
    let status = pod.status.as_ref()?;
    if status.reason.as_deref() == Some("Evicted") {
        return Some(Err(format!(
            "it was evicted: {}",
            status.message.as_deref().unwrap_or_default()
        )));
    }
    let disrupted = status.conditions.iter().flatten().find(|one| one.type_ == "DisruptionTarget");
    if let Some(disrupted) = disrupted.filter(|one| one.status == "True") {
        return Some(Err(format!(
            "it was evicted: {}",
            disrupted.message.as_deref().unwrap_or_default()
        )));
    }
    let end = state(pod)?.terminated?;
    Some(match (end.exit_code, end.signal, end.reason.as_deref()) {
        (0, ..) => Ok(()),
        (_, _, Some("OOMKilled")) => {
            Err("it was out of memory: take more workers, so that each has less to record"
                .to_owned())
        }
        (_, Some(signal), _) if signal > 0 => Err(format!("signal {signal} ended it")),
        (code, ..) => Err(format!("it ended with exit code {code}")),
    })
}

fn state(pod: &Pod) -> Option<ContainerState> {
    let statuses = pod.status.as_ref()?.container_statuses.as_ref()?;
    statuses.first()?.state.clone()
}

/// Why it ended, with the last that it said, if that is meant for people.
pub(crate) fn with_last_words(why: String, log: &str) -> String {
    match log.lines().last().filter(|last| !last.starts_with('{')) {
        Some(last) => format!("{why} ({last})"),
        None => why,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn pod(status: &Value) -> Pod {
        serde_json::from_value(json!({"status": status})).unwrap()
    }

    fn container(state: &Value) -> Pod {
        pod(&json!({"containerStatuses": [{
            "name": "load", "image": "x", "imageID": "", "ready": false, "restartCount": 0, "state": state}]}))
    }

    #[test]
    fn what_no_waiting_helps_is_told_from_what_takes_time() {
        let waiting =
            |reason: &str| container(&json!({"waiting": {"reason": reason, "message": "why"}}));
        assert_eq!(
            standing(&waiting("ContainerCreating")),
            PodStatus::waits("ContainerCreating: why")
        );
        assert_eq!(
            standing(&waiting("ErrImagePull")),
            PodStatus::Hopeless("ErrImagePull: why".to_owned())
        );
        assert_eq!(standing(&container(&json!({"running": {}}))), PodStatus::Runs);
        let full = json!({"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/3 nodes"}]});
        assert_eq!(standing(&pod(&full)), PodStatus::waits("no node takes it (0/3 nodes)"));
    }

    #[test]
    fn each_end_has_its_reason() {
        let ended = |code: i32, reason: &str| {
            how_it_ended(&container(&json!({"terminated": {"exitCode": code, "reason": reason}})))
        };
        assert_eq!(ended(0, "Completed"), Some(Ok(())));
        assert_eq!(ended(2, "Error"), Some(Err("it ended with exit code 2".to_owned())));
        assert!(ended(137, "OOMKilled").unwrap().unwrap_err().contains("out of memory"));
        let evicted = how_it_ended(&pod(
            &json!({"reason": "Evicted", "message": "the node was low on memory"}),
        ));
        assert_eq!(evicted, Some(Err("it was evicted: the node was low on memory".to_owned())));
        assert_eq!(how_it_ended(&container(&json!({"running": {}}))), None);
        assert_eq!(with_last_words("exit".to_owned(), "{}\nno such host"), "exit (no such host)");
        assert_eq!(with_last_words("exit".to_owned(), "{}\n"), "exit");
    }
}

//! The state of a pod, read once from the many fields of its status, in words that say what to do
//! about it. Pure.

use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, Pod};

use crate::client::pod_readiness::is_ready;

/// Reasons of the kubelet that do not go away by waiting: no such image, or a container that
/// cannot be made.
const STUCK: [&str; 4] = ["ErrImage", "ImagePull", "InvalidImage", "CreateContainer"];

/// All that is read of a pod's conditions and containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PodReading {
    pub(crate) status: PodStatus,
    /// Whether any of its containers runs, such as a sidecar that ends after the first one.
    pub(crate) is_running: bool,
    /// How often the service's container was started again; without one that is known, all
    /// of them together.
    pub(crate) restarts: i32,
    /// How the container had ended that was started again last.
    pub(crate) last_end: Option<String>,
}

impl PodReading {
    /// `container`: the one that is the service. What becomes of a sidecar is no restart of it.
    pub(crate) fn of(pod: &Pod, container: Option<&str>) -> Self {
        let all = container_statuses(pod);
        let runs =
            |one: &ContainerStatus| one.state.as_ref().is_some_and(|state| state.running.is_some());
        let is_named = |one: &&ContainerStatus| Some(one.name.as_str()) == container;
        let named = all.iter().find(is_named).map(std::slice::from_ref);
        let counted = named.unwrap_or(all);
        Self {
            status: PodStatus::of_container(pod, counted.first()),
            is_running: all.iter().any(runs),
            restarts: counted.iter().map(|one| one.restart_count).sum(),
            last_end: counted.iter().find_map(last_end),
        }
    }
}

/// Of a pod that has just been made known.
impl Default for PodReading {
    fn default() -> Self {
        let status = PodStatus::Pending("it has not been seen yet".to_owned());
        Self { status, is_running: false, restarts: 0, last_end: None }
    }
}

/// How far a container of a pod has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PodStatus {
    /// It does not run yet, and why.
    Pending(String),
    /// It will not run without help, and why.
    Stuck(String),
    /// It runs and is not ready, or is being deleted.
    Running,
    /// It runs and gets requests.
    Ready,
    /// It ended with exit code 0.
    Succeeded,
    /// It ended otherwise, and how.
    Failed(String),
}

impl PodStatus {
    /// Of the first container, unless another one will not run without help.
    pub(crate) fn of(pod: &Pod) -> Self {
        Self::of_container(pod, container_statuses(pod).first())
    }

    fn of_container(pod: &Pod, container: Option<&ContainerStatus>) -> Self {
        if let Some(why) = container_statuses(pod).iter().find_map(stuck) {
            return Self::Stuck(why);
        }
        let Some(container) = container else {
            return Self::Pending(unscheduled(pod).map_or_else(
                || "it is not scheduled yet".to_owned(),
                |why| format!("no node takes it ({why})"),
            ));
        };
        let state = container.state.clone().unwrap_or_default();
        if state.running.is_some() {
            return if is_ready(pod) { Self::Ready } else { Self::Running };
        }
        if let Some(why) = waits(container) {
            return Self::Pending(why);
        }
        exit(&state).unwrap_or_else(|| Self::Pending("it has not started yet".to_owned()))
    }

    /// Why it is neither ready nor done; `None` if it is.
    pub(crate) fn trouble(&self) -> Option<&str> {
        match self {
            Self::Pending(why) | Self::Stuck(why) | Self::Failed(why) => Some(why),
            Self::Running => Some("runs, and its readiness probe does not succeed"),
            Self::Ready | Self::Succeeded => None,
        }
    }

    /// How a pod ended, if it has. An eviction shows before the container's end does, and is the
    /// reason for it.
    pub(crate) fn ended(pod: &Pod) -> Option<Self> {
        if let Some(why) = eviction(pod) {
            return Some(Self::Failed(format!("it was evicted: {why}")));
        }
        exit(container_statuses(pod).first()?.state.as_ref()?)
    }
}

fn container_statuses(pod: &Pod) -> &[ContainerStatus] {
    let all = pod.status.as_ref().and_then(|status| status.container_statuses.as_deref());
    all.unwrap_or_default()
}

/// What a container waits for, if it waits.
fn waits(container: &ContainerStatus) -> Option<String> {
    let waiting = container.state.as_ref()?.waiting.as_ref()?;
    let reason = waiting.reason.as_deref().unwrap_or_default();
    let message = waiting.message.as_ref().map_or(String::new(), |message| format!(": {message}"));
    Some(format!("{reason}{message}{}", last_exit(container)))
}

/// Why a container will not run without help, if that is so.
fn stuck(container: &ContainerStatus) -> Option<String> {
    let waiting = container.state.as_ref()?.waiting.as_ref()?;
    let reason = waiting.reason.as_deref().unwrap_or_default();
    // Parts of reasons: ErrImageNeverPull and CreateContainerConfigError are meant, too.
    STUCK.iter().any(|word| reason.contains(word)).then(|| waits(container)).flatten()
}

/// Why no node takes a pod.
pub(super) fn unscheduled(pod: &Pod) -> Option<String> {
    let conditions = pod.status.as_ref()?.conditions.as_ref()?;
    let mut unmet =
        conditions.iter().filter(|one| one.type_ == "PodScheduled" && one.status == "False");
    unmet.find_map(|one| one.message.clone())
}

/// How a container that waits to be started again had ended.
fn last_exit(container: &ContainerStatus) -> String {
    let last = container.last_state.as_ref().and_then(|last| last.terminated.as_ref());
    last.map_or(String::new(), |end| format!("; it ended with code {}", end.exit_code))
}

/// How a container that was started again had ended, as the timeline says it.
fn last_end(container: &ContainerStatus) -> Option<String> {
    let end = container.last_state.as_ref()?.terminated.as_ref()?;
    Some(match (end.signal, end.reason.as_deref()) {
        (_, Some("OOMKilled")) => "out of memory".to_owned(),
        (Some(signal), _) if signal > 0 => format!("signal {signal}"),
        _ => format!("exit {}", end.exit_code),
    })
}

fn exit(state: &ContainerState) -> Option<PodStatus> {
    let end = state.terminated.as_ref()?;
    Some(match (end.exit_code, end.signal, end.reason.as_deref()) {
        (0, ..) => PodStatus::Succeeded,
        (_, _, Some("OOMKilled")) => PodStatus::Failed("it was out of memory".to_owned()),
        (_, Some(signal), _) if signal > 0 => {
            PodStatus::Failed(format!("signal {signal} ended it"))
        }
        (code, ..) => PodStatus::Failed(format!("it ended with exit code {code}")),
    })
}

fn eviction(pod: &Pod) -> Option<&str> {
    let status = pod.status.as_ref()?;
    if status.reason.as_deref() == Some("Evicted") {
        return Some(status.message.as_deref().unwrap_or_default());
    }
    let disrupted = status
        .conditions
        .iter()
        .flatten()
        .find(|one| one.type_ == "DisruptionTarget" && one.status == "True")?;
    Some(disrupted.message.as_deref().unwrap_or_default())
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
            "name": "load", "image": "x", "imageID": "", "ready": false, "restartCount": 0,
            "state": state}]}))
    }

    #[test]
    fn a_pod_that_will_not_start_is_told_from_one_that_takes_time() {
        let waiting = |reason: &str| {
            PodStatus::of(&container(&json!({"waiting": {"reason": reason, "message": "why"}})))
        };
        let pending = |why: &str| PodStatus::Pending(why.to_owned());
        assert_eq!(waiting("ContainerCreating"), pending("ContainerCreating: why"));
        assert_eq!(waiting("ErrImagePull"), PodStatus::Stuck("ErrImagePull: why".to_owned()));
        assert_eq!(PodStatus::of(&container(&json!({"running": {}}))), PodStatus::Running);
        let full = json!({"conditions": [
            {"type": "PodScheduled", "status": "False", "message": "0/3 nodes"}]});
        assert_eq!(PodStatus::of(&pod(&full)), pending("no node takes it (0/3 nodes)"));
    }

    #[test]
    fn a_sidecar_that_still_runs_keeps_a_pod_running_whose_first_container_has_ended() {
        let container = |state: Value, restarts: i32| {
            json!({"name": "c", "image": "", "imageID": "", "ready": false,
                "restartCount": restarts, "state": state,
                "lastState": {"terminated": {"exitCode": 137, "signal": 9}}})
        };
        let ended = container(json!({"terminated": {"exitCode": 1}}), 2);
        let pod = pod(&json!({"containerStatuses": [ended, container(json!({"running": {}}), 1)]}));
        let reading = PodReading::of(&pod, None);
        assert!(matches!(reading.status, PodStatus::Failed(_)), "{reading:?}");
        assert!(reading.is_running);
        assert_eq!((reading.restarts, reading.last_end.as_deref()), (3, Some("signal 9")));
    }

    #[test]
    fn restarts_are_those_of_the_services_container_and_a_sidecar_without_an_image_is_told() {
        let container = |name: &str, state: Value, restarts: i32| {
            json!({"name": name, "image": "", "imageID": "", "ready": false,
                "restartCount": restarts, "state": state})
        };
        let with_sidecar = |state: Value| {
            let service = container("web", json!({"running": {}}), 1);
            pod(&json!({"containerStatuses": [container("proxy", state, 4), service]}))
        };
        let crashed = with_sidecar(json!({"terminated": {"exitCode": 1}}));
        let reading = PodReading::of(&crashed, Some("web"));
        assert_eq!((reading.status, reading.restarts), (PodStatus::Running, 1));
        assert_eq!(PodReading::of(&crashed, Some("of a later version")).restarts, 5);
        let stuck = with_sidecar(json!({"waiting": {"reason": "ErrImagePull"}}));
        let status = PodStatus::Stuck("ErrImagePull".to_owned());
        assert_eq!(PodReading::of(&stuck, Some("web")).status, status);
    }

    #[test]
    fn each_end_of_a_pod_has_its_reason() {
        let ended = |code: i32, reason: &str| {
            let state = json!({"terminated": {"exitCode": code, "reason": reason}});
            PodStatus::ended(&container(&state))
        };
        let failed = |why: &str| Some(PodStatus::Failed(why.to_owned()));
        assert_eq!(ended(0, "Completed"), Some(PodStatus::Succeeded));
        assert_eq!(ended(2, "Error"), failed("it ended with exit code 2"));
        assert_eq!(ended(137, "OOMKilled"), failed("it was out of memory"));
        let evicted = pod(&json!({"reason": "Evicted", "message": "the node was low on memory"}));
        let why = "it was evicted: the node was low on memory";
        assert_eq!(PodStatus::ended(&evicted), failed(why));
        assert_eq!(PodStatus::ended(&container(&json!({"running": {}}))), None);
    }

    #[test]
    fn an_unready_pod_says_what_it_lacks() {
        let ready = json!([{"type": "Ready", "status": "True"}]);
        let status = |state: Value, conditions: Value| {
            pod(&json!({"conditions": conditions, "containerStatuses": [{
                "name": "service", "image": "", "imageID": "", "ready": false, "restartCount": 0,
                "state": state}]}))
        };
        let running = status(json!({"running": {}}), json!([]));
        assert!(PodStatus::of(&running).trouble().unwrap().contains("readiness probe"));
        let ready = status(json!({"running": {}}), ready);
        assert_eq!(PodStatus::of(&ready).trouble(), None);
    }
}

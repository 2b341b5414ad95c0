//! A program of brunt's own beside a container whose image holds none: an ephemeral container,
//! which sees the processes of its target.

use std::time::Duration;

use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::changes::changer::Changer;
use crate::client::call::call_api;
use crate::client::error::KubeError;
use crate::client::program_error::ProgramError;

/// How long the container may take until it has ended; its image may have to be pulled.
const TIMEOUT: Duration = Duration::from_secs(30);

const POLL: Duration = Duration::from_millis(200);

/// What ends a process that loses its process namespace, as an exit code.
const KILLED: i32 = 137;

/// Ends the first process of a container by SIGTERM, from a container beside it. `user` is the one
/// under which the target runs, where its pod says it.
pub(super) async fn end_first_process(
    changer: &Changer,
    (pod, target): (&str, &str),
    image: &str,
    user: Option<i64>,
) -> Result<(), KubeError> {
    let name = format!("brunt-{}-{:04x}", changer.lease().run, fastrand::u16(..));
    changer.writer().add_ephemeral(pod, container(&name, target, image, user)).await?;
    let pods = changer.cluster().api::<Pod>();
    let until = Instant::now() + TIMEOUT;
    loop {
        let found = call_api("look at an ephemeral container", pods.get(pod)).await?;
        let failed = |source| KubeError::Program { pod: pod.to_owned(), source };
        match status(&found, &name).map(outcome) {
            Some(ProgramOutcome::Done) => return Ok(()),
            Some(ProgramOutcome::Failed(why)) => return Err(failed(ProgramError::Ended(why))),
            _ if Instant::now() > until => return Err(failed(ProgramError::NotEnded(TIMEOUT))),
            _ => tokio::time::sleep(POLL).await,
        }
    }
}

/// Under the user of its target, who may signal it. Where the pod does not say who that is, under
/// root with the one right to signal others.
fn container(name: &str, target: &str, image: &str, user: Option<i64>) -> Value {
    let mut security = json!({"allowPrivilegeEscalation": false,
        "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]},
        "runAsUser": user.unwrap_or(0), "seccompProfile": {"type": "RuntimeDefault"}});
    if user.is_none() {
        security["capabilities"]["add"] = json!(["KILL"]);
    }
    json!({
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["stress", "--end"],
        "targetContainerName": target,
        "securityContext": security,
    })
}

fn status<'a>(pod: &'a Pod, name: &str) -> Option<&'a ContainerStatus> {
    let all = pod.status.as_ref()?.ephemeral_container_statuses.as_ref()?;
    all.iter().find(|one| one.name == name)
}

enum ProgramOutcome {
    Waits,
    Done,
    Failed(String),
}

fn outcome(status: &ContainerStatus) -> ProgramOutcome {
    let state = status.state.clone().unwrap_or_default();
    if let Some(end) = state.terminated {
        return match end.exit_code {
            // Its target's end may take it along.
            0 | KILLED => ProgramOutcome::Done,
            code => ProgramOutcome::Failed(format!(
                "the ephemeral container ended with exit code {code}{}",
                end.message.map_or(String::new(), |message| format!(": {message}"))
            )),
        };
    }
    let waiting = state.waiting.unwrap_or_default();
    let reason = waiting.reason.unwrap_or_default();
    match ["ErrImage", "ImagePull", "CreateContainer"].iter().any(|word| reason.contains(word)) {
        true => {
            ProgramOutcome::Failed(format!("{reason}: {}", waiting.message.unwrap_or_default()))
        }
        false => ProgramOutcome::Waits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ephemeral_container_runs_as_its_target_or_may_do_nothing_but_signal() {
        let own = container("a", "web", "brunt:1", Some(10001));
        assert_eq!(own["securityContext"]["runAsUser"], 10001);
        assert_eq!(own["securityContext"]["capabilities"], json!({"drop": ["ALL"]}));
        assert_eq!(own["targetContainerName"], "web");
        let root = container("a", "web", "brunt:1", None);
        assert_eq!(
            root["securityContext"]["capabilities"],
            json!({"drop": ["ALL"], "add": ["KILL"]})
        );
    }

    #[test]
    fn a_target_that_takes_the_ephemeral_container_along_has_ended() {
        let of = |state: Value| {
            let status = json!({"name": "a", "image": "", "imageID": "", "ready": false,
                "restartCount": 0, "state": state});
            outcome(&serde_json::from_value(status).unwrap())
        };
        let ended = |code: i32| of(json!({"terminated": {"exitCode": code}}));
        assert!(
            matches!(ended(0), ProgramOutcome::Done) && matches!(ended(137), ProgramOutcome::Done)
        );
        assert!(matches!(ended(1), ProgramOutcome::Failed(why) if why.contains("exit code 1")));
        let pull = of(json!({"waiting": {"reason": "ErrImagePull", "message": "no such host"}}));
        assert!(matches!(pull, ProgramOutcome::Failed(why) if why.contains("no such host")));
        assert!(matches!(of(json!({"running": {}})), ProgramOutcome::Waits));
    }
}

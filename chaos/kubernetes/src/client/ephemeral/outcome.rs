//! What became of a program in an ephemeral container, by its pod's status. Pure.

use k8s_openapi::api::core::v1::{ContainerStateTerminated, ContainerStatus, Pod};

use crate::client::program_error::ProgramError;

/// The exit code of a process that SIGKILL ended: also of one whose target's first process has
/// ended, as their process namespace ends with that.
const KILLED: i32 = 137;

/// The kubelet's reason for a container that the kernel ended because of its memory.
const OUT_OF_MEMORY: &str = "OOMKilled";

#[derive(Debug)]
pub(super) enum ProgramOutcome {
    Waits,
    Runs,
    Done,
    Failed(ProgramError),
}

/// `None` for a container that is not in the pod's status yet.
pub(super) fn outcome(pod: &Pod, name: &str) -> Option<ProgramOutcome> {
    let all = pod.status.as_ref()?.ephemeral_container_statuses.as_ref()?;
    all.iter().find(|one| one.name == name).map(of)
}

fn of(status: &ContainerStatus) -> ProgramOutcome {
    let state = status.state.clone().unwrap_or_default();
    if let Some(end) = state.terminated {
        return ended(&end);
    }
    if state.running.is_some() {
        return ProgramOutcome::Runs;
    }
    let waiting = state.waiting.unwrap_or_default();
    let reason = waiting.reason.unwrap_or_default();
    match ["ErrImage", "ImagePull", "CreateContainer"].iter().any(|word| reason.contains(word)) {
        true => {
            let why = format!("{reason}: {}", waiting.message.unwrap_or_default());
            ProgramOutcome::Failed(ProgramError::Ended(why))
        }
        false => ProgramOutcome::Waits,
    }
}

fn ended(end: &ContainerStateTerminated) -> ProgramOutcome {
    let message = end.message.as_ref().map_or(String::new(), |message| format!(": {message}"));
    match (end.exit_code, end.reason.as_deref()) {
        (_, Some(OUT_OF_MEMORY)) => {
            let limit = "its pod's, or its node's".to_owned();
            ProgramOutcome::Failed(ProgramError::OutOfMemory { limit })
        }
        // Its target's end may take it along.
        (0 | KILLED, _) => ProgramOutcome::Done,
        (code, _) => ProgramOutcome::Failed(ProgramError::Ended(format!(
            "the ephemeral container ended with exit code {code}{message}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of_state(state: &Value) -> ProgramOutcome {
        let status = json!({"name": "a", "image": "", "imageID": "", "ready": false,
            "restartCount": 0, "state": state});
        let pod = json!({"status": {"ephemeralContainerStatuses": [status]}});
        outcome(&serde_json::from_value(pod).unwrap(), "a").unwrap()
    }

    #[test]
    fn a_target_that_takes_the_ephemeral_container_along_has_ended() {
        let ended = |code: i32| of_state(&json!({"terminated": {"exitCode": code}}));
        assert!(matches!(ended(0), ProgramOutcome::Done));
        assert!(matches!(ended(137), ProgramOutcome::Done));
        let failed = ended(1);
        assert!(
            matches!(&failed, ProgramOutcome::Failed(why) if why.to_string().contains("code 1")),
            "{failed:?}"
        );
        assert!(matches!(of_state(&json!({"running": {}})), ProgramOutcome::Runs));
    }

    #[test]
    fn an_image_that_cannot_be_pulled_and_memory_that_ran_out_are_said_as_such() {
        let pull = json!({"waiting": {"reason": "ErrImagePull", "message": "no such host"}});
        let ProgramOutcome::Failed(why) = of_state(&pull) else { panic!("it waits") };
        assert!(why.to_string().contains("no such host"), "{why}");
        let killed = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}});
        let ProgramOutcome::Failed(why) = of_state(&killed) else { panic!("it ended well") };
        assert!(matches!(why, ProgramError::OutOfMemory { .. }), "{why}");
    }
}

//! Ending the first process of containers from within; the kubelet starts them again in their pods.

use brunt_faults::TargetError;

use super::context::FaultContext;
use super::not_run::not_run;
use crate::client::ephemeral::{EphemeralProgram, EphemeralUser};
use crate::client::error::KubeError;
use crate::client::exec::wait_for_exit;
use crate::client::no_effect_error::NoEffectError;
use crate::client::program_error::ProgramError;
use crate::observe::workload::Workload;

/// Refuses pods in which the first process is not the container's own: it is the one that holds the
/// pod together, or the node's.
pub(super) fn refuse(workload: &Workload) -> Result<(), KubeError> {
    let shared = if workload.pod.host_pid == Some(true) {
        "the processes of their node (hostPID)"
    } else if workload.pod.share_process_namespace == Some(true) {
        "one set of processes (shareProcessNamespace)"
    } else {
        return Ok(());
    };
    Err(NoEffectError::SharedProcesses { object: workload.object.to_string(), shared }.into())
}

/// Sends SIGTERM to the first process of each replica: by `brunt` or `kill` in the container, or
/// where its image holds neither, from an ephemeral container.
pub(super) async fn inject(
    with: FaultContext<'_>,
    service: &str,
    workload: &Workload,
    replicas: &[u32],
) -> Result<u64, TargetError> {
    let FaultContext { changer, observer, services, .. } = with;
    refuse(workload)?;
    let container = workload.container().map(|one| one.name.as_str());
    let command: &[&str] = match services.runs_brunt(service)? {
        true => &["brunt", "stress", "--end"],
        false => &["kill", "-TERM", "1"],
    };
    let mut ended = 0;
    for replica in replicas {
        let pod = observer.pod(service, *replica)?;
        changer.note(format!("Pod {} on {}: SIGTERM to its first process", pod.name, pod.node));
        if !changer.is_dry_run() {
            changer.check_lease()?;
            let process = changer.writer().exec((&pod.name, container), command).await?;
            match wait_for_exit(process).await {
                Err(error) if error.is_not_in_image() => {
                    from_beside(with, workload, &pod.name, error).await?;
                }
                ended => ended.map_err(|error| not_run(&pod.name, error))?,
            }
        }
        ended += 1;
    }
    Ok(ended)
}

/// The same from an ephemeral container, if an image of brunt is known.
async fn from_beside(
    with: FaultContext<'_>,
    workload: &Workload,
    pod: &str,
    error: ProgramError,
) -> Result<(), TargetError> {
    let Some((image, container)) = with.image.zip(workload.container()) else {
        return Err(not_run(pod, ProgramError::NotInImage(error.to_string())));
    };
    let own = container.security_context.as_ref().and_then(|context| context.run_as_user);
    let of_pod = workload.pod.security_context.as_ref();
    let user = own.or_else(|| of_pod.and_then(|context| context.run_as_user));
    let (target, user) = (Some(container.name.as_str()), EphemeralUser::OfTarget(user));
    let args = &["stress", "--end"];
    let program = EphemeralProgram { pod, target, image, args, user };
    Ok(program.run(with.changer.writer()).await?)
}

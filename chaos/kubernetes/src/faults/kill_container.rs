//! Ending the first process of containers from within; the kubelet starts them again in their pods.

use brunt_faults::TargetError;

use crate::changes::changer::Changer;
use crate::client::error::KubeError;
use crate::client::exec::wait_for_exit;
use crate::client::program_error::ProgramError;
use crate::observe::watcher::Observer;

/// Sends SIGTERM to the first process of each replica. `runs_brunt` says that the image holds brunt
/// and need not hold anything else, such as `kill`.
pub(super) async fn inject(
    changer: &Changer,
    observer: &Observer,
    (service, container): (&str, Option<&str>),
    replicas: &[u32],
    runs_brunt: bool,
) -> Result<u64, TargetError> {
    let command: &[&str] =
        if runs_brunt { &["brunt", "stress", "--end"] } else { &["kill", "-TERM", "1"] };
    let mut ended = 0;
    for replica in replicas {
        let pod = observer.pod(service, *replica)?;
        changer.note(format!("Pod {} on {}: SIGTERM to its first process", pod.name, pod.node));
        if !changer.is_dry_run() {
            changer.check_lease()?;
            let process = changer.writer().exec((&pod.name, container), command).await?;
            wait_for_exit(process).await.map_err(|error| not_run(&pod.name, error))?;
        }
        ended += 1;
    }
    Ok(ended)
}

/// A program that could not be run in a pod.
pub(super) fn not_run(pod: &str, source: ProgramError) -> TargetError {
    TargetError::platform(KubeError::Program { pod: pod.to_owned(), source })
}

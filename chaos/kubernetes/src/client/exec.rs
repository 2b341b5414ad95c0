//! Programs that are started in a pod's own containers.
//!
//! Each is attached to with its standard input open. A program that ends when its input does then
//! ends with the connection, so that nothing goes on in a pod once the controller is gone, whether
//! it ended or was killed.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::api::{AttachParams, AttachedProcess};
use tokio::io::AsyncReadExt;

use super::call::call_api;
use super::connect::Cluster;
use super::error::KubeError;
use super::program_error::ProgramError;

/// How long a program may take to begin, to answer, or to end.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Starts a program in a container of a pod; without a name, in the one that Kubernetes chooses.
pub(super) async fn exec(
    cluster: &Cluster,
    (pod, container): (&str, Option<&str>),
    command: &[&str],
) -> Result<AttachedProcess, KubeError> {
    let api = cluster.api::<Pod>();
    let params = AttachParams {
        stdin: true,
        stdout: true,
        stderr: true,
        container: container.map(str::to_owned),
        ..AttachParams::default()
    };
    let what = format!("run {} in pod {pod}", command.join(" "));
    call_api(&what, api.exec(pod, command.iter().copied(), &params)).await
}

/// The standard output of a program that only reads and always writes something.
pub(crate) async fn output_of(
    cluster: &Cluster,
    (pod, container): (&str, Option<&str>),
    command: &[&str],
) -> Result<String, KubeError> {
    let mut process = exec(cluster, (pod, container), command).await?;
    let failed = |source| KubeError::Program { pod: pod.to_owned(), source };
    let mut output = process.stdout().ok_or_else(|| failed(ProgramError::NoOutput))?;
    let mut text = String::new();
    match tokio::time::timeout(TIMEOUT, output.read_to_string(&mut text)).await {
        Ok(Ok(_)) if !text.is_empty() => Ok(text),
        Ok(_) => Err(failed(ProgramError::Ended(complaint(&mut process).await))),
        Err(_) => Err(failed(ProgramError::NotEnded(TIMEOUT))),
    }
}

/// Waits for the first line that a program writes; the error quotes what it wrote instead.
pub(crate) async fn first_line(process: &mut AttachedProcess) -> Result<(), ProgramError> {
    let Some(mut output) = process.stdout() else {
        return Err(ProgramError::NoOutput);
    };
    let mut written = Vec::new();
    let line = async {
        while !written.contains(&b'\n') {
            if output.read_buf(&mut written).await.unwrap_or(0) == 0 {
                return false;
            }
        }
        true
    };
    match tokio::time::timeout(TIMEOUT, line).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(ProgramError::Ended(complaint(process).await)),
        Err(_) => Err(ProgramError::NotBegun(TIMEOUT)),
    }
}

/// What a program that ended early wrote to its standard error, and its status.
async fn complaint(process: &mut AttachedProcess) -> String {
    let mut text = String::new();
    if let Some(mut errors) = process.stderr() {
        let _ = errors.read_to_string(&mut text).await;
    }
    if let Some(status) = process.take_status()
        && let Some(status) = status.await
    {
        text += &status.message.unwrap_or_default();
    }
    text.trim().to_owned()
}

/// Waits until a program has ended, and fails if it did.
pub(crate) async fn wait_for_exit(mut process: AttachedProcess) -> Result<(), ProgramError> {
    let status = process.take_status();
    let ended = async {
        match status {
            Some(status) => status.await,
            None => None,
        }
    };
    match tokio::time::timeout(TIMEOUT, ended).await {
        // A program that ends its own container takes the answer with it.
        Ok(None) => Ok(()),
        Ok(Some(status)) if status.status.as_deref() != Some("Failure") => Ok(()),
        Ok(Some(status)) => Err(ProgramError::Ended(status.message.unwrap_or_default())),
        Err(_) => Err(ProgramError::NotEnded(TIMEOUT)),
    }
}

//! A command that says by its exit code whether a replica is healthy.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use thiserror::Error;

use crate::launch_spec::{LaunchError, LaunchSpec};
use crate::replica_address::ReplicaPorts;
use crate::spawner::Spawner;

/// How commands of a service's probes are run.
#[derive(Debug, Clone)]
pub(crate) struct ExecProbes {
    pub(crate) launch: LaunchSpec,
    pub(crate) spawner: Spawner,
}

/// Why a command does not say that a replica is healthy.
#[derive(Debug, Error)]
pub(crate) enum ExecError {
    #[error(transparent)]
    Launch(#[from] LaunchError),
    #[error("it cannot be run")]
    Run(#[from] io::Error),
    #[error("it ends with exit code {0}")]
    Code(i32),
    #[error("it ends by signal {0}")]
    Signal(i32),
    #[error("it does not end within {} ms", .0.as_millis())]
    TimedOut(Duration),
}

impl ExecProbes {
    /// Runs a command, for a replica that has these ports.
    pub(crate) async fn run(
        &self,
        command: &[String],
        ports: &ReplicaPorts,
        timeout: Duration,
    ) -> Result<(), ExecError> {
        let command = self.launch.probe_command(command, ports)?;
        let mut child = self.spawner.spawn(command).await?;
        let group = child.id();
        let ended = tokio::time::timeout(timeout, child.wait()).await;
        // Kills what is left of it, too.
        if let Some(group) = group {
            self.spawner.groups().leader_ended(group);
        }
        let Ok(ended) = ended else {
            // It has just been killed. Its end is waited for, so that no zombie stays.
            child.wait().await?;
            return Err(ExecError::TimedOut(timeout));
        };
        let status = ended?;
        match (status.code(), status.signal()) {
            (Some(0), _) => Ok(()),
            (Some(code), _) => Err(ExecError::Code(code)),
            (None, signal) => Err(ExecError::Signal(signal.unwrap_or_default())),
        }
    }
}

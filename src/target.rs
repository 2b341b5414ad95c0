//! Where a system runs: as processes on this machine, or on a cluster.

mod running_system;

use std::path::PathBuf;

use anyhow::{Context, Result};
use brunt_faults::Observed;
use brunt_kubernetes::{ClusterRun, ClusterRunOptions};
use brunt_local::{LocalSystem, Options, Ports};
use brunt_scenarios::plan::System;
use tokio::sync::mpsc::UnboundedReceiver;

pub use running_system::RunningSystem;

/// Folders and ports of a system on this machine.
pub struct LocalDirs {
    /// The folder that relative paths of the system file start from.
    pub base: PathBuf,
    pub data: PathBuf,
    /// Whether the data of earlier times is removed first.
    pub fresh: bool,
    pub logs: PathBuf,
    pub ports: Ports,
}

/// Where a run's system is, with all that is needed to start it or to attach to it.
pub enum Platform {
    /// As processes on this machine, for the length of the run.
    Local(LocalDirs),
    /// On a cluster, where it is deployed already.
    Kubernetes(ClusterRunOptions),
}

/// Starts a system on this machine, or attaches to one on a cluster.
pub async fn start_or_attach(
    system: &System,
    platform: &Platform,
) -> Result<(RunningSystem, UnboundedReceiver<Observed>)> {
    match platform {
        Platform::Local(dirs) => {
            let (system, observed) = start_local(system, dirs).await?;
            Ok((RunningSystem::Local(Box::new(system)), observed))
        }
        Platform::Kubernetes(options) => {
            let (system, observed) = ClusterRun::start(system, options).await?;
            Ok((RunningSystem::Kubernetes(Box::new(system)), observed))
        }
    }
}

/// Starts a system as processes. A reaper process outlives this one, whatever ends it, and
/// then ends theirs.
pub async fn start_local(
    system: &System,
    dirs: &LocalDirs,
) -> Result<(LocalSystem, UnboundedReceiver<Observed>)> {
    let this_program = std::env::current_exe().context("cannot find the path of this program")?;
    let absolute = |path: &PathBuf| {
        std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))
    };
    // Services run in folders of their own, where relative paths would mean something else.
    let options = Options {
        data: absolute(&dirs.data)?,
        fresh: dirs.fresh,
        logs: absolute(&dirs.logs)?,
        base: absolute(&dirs.base)?,
        ports: dirs.ports,
        reaper: Some(vec![this_program.clone().into(), "reap".into()]),
        this_program,
    };
    Ok(LocalSystem::start(system, options).await?)
}

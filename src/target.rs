//! Where a system runs: as processes on this machine, or on a cluster.

mod running;

use std::path::PathBuf;

use anyhow::{Context, Result};
use brunt_faults::Observed;
use brunt_kubernetes::{ClusterRun, ClusterRunOptions};
use brunt_local::{LocalSystem, Options, Ports};
use brunt_scenarios::plan::System;
use tokio::sync::mpsc::UnboundedReceiver;

pub use running::Running;

/// The folders and ports of a system.
pub struct Place {
    /// Where relative paths of the system file start.
    pub base: PathBuf,
    /// Where it keeps its data.
    pub data: PathBuf,
    /// Where its logs go.
    pub logs: PathBuf,
    /// Which ports it has.
    pub ports: Ports,
}

/// Where a run's system is.
pub enum On {
    /// On this machine, for the length of the run.
    Local(Place),
    /// On a cluster, where it is already.
    Kubernetes(ClusterRunOptions),
}

/// Starts a system, or takes hold of one on a cluster.
pub async fn begin(system: &System, on: &On) -> Result<(Running, UnboundedReceiver<Observed>)> {
    match on {
        On::Local(place) => {
            let (system, observed) = start(system, place).await?;
            Ok((Running::Local(Box::new(system)), observed))
        }
        On::Kubernetes(options) => {
            let (system, observed) = ClusterRun::start(system, options).await?;
            Ok((Running::Kubernetes(Box::new(system)), observed))
        }
    }
}

/// Starts a system as processes, watched by a reaper that outlives this program.
pub async fn start(
    system: &System,
    place: &Place,
) -> Result<(LocalSystem, UnboundedReceiver<Observed>)> {
    let this_program = std::env::current_exe().context("cannot find this program's own path")?;
    for folder in [&place.data, &place.logs] {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let absolute = |path: &PathBuf| {
        std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))
    };
    let options = Options {
        data: absolute(&place.data)?,
        logs: absolute(&place.logs)?,
        base: absolute(&place.base)?,
        ports: place.ports,
        reaper: Some(vec![this_program.clone().into(), "reap".into()]),
        this_program,
    };
    Ok(LocalSystem::start(system, options).await?)
}

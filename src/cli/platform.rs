//! Options for where systems run.

use std::path::PathBuf;

use brunt_kubernetes::ClusterTarget;
use clap::{Args, ValueEnum};

/// Options of commands whose scenarios can run on either platform.
#[derive(Debug, Clone, Args)]
pub struct PlatformArgs {
    /// Where the system runs: as processes on this machine, or on a cluster where it
    /// is deployed already.
    #[arg(long, value_enum, default_value = "local", value_name = "PLATFORM")]
    pub on: PlatformKind,
    #[command(flatten)]
    pub cluster: ClusterArgs,
    /// On Kubernetes: image of brunt for the watchdog Job, which restores the cluster if this
    /// process is killed, and for brunt's other pods. Default: the one that this runs in, in a pod;
    /// else the system's own image if that is brunt's.
    #[arg(long, value_name = "NAME")]
    pub image: Option<String>,
    /// On Kubernetes: a YAML file with what brunt's own pods get there: labels, annotations,
    /// nodeSelector, tolerations, imagePullSecrets, serviceAccount, resources.
    #[arg(long, value_name = "FILE")]
    pub helper_config: Option<PathBuf>,
    /// On Kubernetes: run without the watchdog Job. After a crash, only `brunt revert`
    /// restores the cluster.
    #[arg(long)]
    pub no_watchdog: bool,
    /// On Kubernetes: where the load comes from. Default: from this machine if it can reach every
    /// service at an address of its own, else from inside if there is an image of brunt.
    #[arg(long, value_enum, value_name = "WHERE")]
    pub from: Option<LoadSource>,
    /// On Kubernetes: number of load workers in the cluster, which share the load evenly.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 2,
        value_parser = clap::value_parser!(u32).range(1..=1000)
    )]
    pub workers: u32,
}

/// Where load comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LoadSource {
    /// From this process.
    Here,
    /// From workers in the cluster.
    Inside,
}

/// Which cluster, and where in it.
#[derive(Debug, Clone, Args)]
pub struct ClusterArgs {
    /// On Kubernetes: namespace. Default: the one of the system file, else the system's name.
    #[arg(long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// On Kubernetes: context of the kubeconfig. Default: the current one.
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,
}

impl ClusterArgs {
    /// Where a connection leads; without a namespace, to the context's own.
    pub fn target(&self) -> ClusterTarget {
        ClusterTarget {
            context: self.context.clone(),
            namespace: self.namespace.clone(),
            ..ClusterTarget::default()
        }
    }
}

/// Kinds of places where a system can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlatformKind {
    /// As processes on this machine.
    Local,
    /// On a Kubernetes cluster.
    Kubernetes,
}

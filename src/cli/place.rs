//! Where systems run.

use clap::{Args, ValueEnum};

/// Where systems run.
#[derive(Debug, Clone, Args)]
pub struct OnWhat {
    /// Where the system runs: as processes here, or on a cluster that has it already.
    #[arg(long, value_enum, default_value = "local", value_name = "WHAT")]
    pub on: Platform,
    #[command(flatten)]
    pub cluster: ClusterPlace,
    /// On Kubernetes: the image of brunt for the Job that puts things back should this process be
    /// killed; the system's own unless given, if that is brunt's.
    #[arg(long)]
    pub image: Option<String>,
    /// On Kubernetes: go on without that Job. After a crash, only `brunt revert` puts things back.
    #[arg(long)]
    pub no_dead_man: bool,
    /// On Kubernetes: where the load comes from. Unless given, from here where every service
    /// answers this machine at its own address, and from inside otherwise, if there is an
    /// image of brunt.
    #[arg(long, value_enum, value_name = "WHERE")]
    pub from: Option<LoadFrom>,
    /// On Kubernetes: how many load workers there are inside, which share the load evenly.
    #[arg(long, value_name = "NUMBER", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub workers: u32,
}

/// Where load comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LoadFrom {
    /// From this process.
    Here,
    /// From workers in the cluster.
    Inside,
}

/// Which cluster, and where in it.
#[derive(Debug, Clone, Args)]
pub struct ClusterPlace {
    /// On Kubernetes: the namespace; the one called like the system unless given.
    #[arg(long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// On Kubernetes: the context of the kubeconfig; the current one unless given.
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,
}

impl ClusterPlace {
    /// The same for the connection.
    pub fn place(&self) -> brunt_kubernetes::ClusterTarget {
        brunt_kubernetes::ClusterTarget {
            context: self.context.clone(),
            namespace: self.namespace.clone(),
            ..brunt_kubernetes::ClusterTarget::default()
        }
    }
}

/// Where a system can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Platform {
    /// As processes on this machine.
    Local,
    /// On a Kubernetes cluster.
    Kubernetes,
}

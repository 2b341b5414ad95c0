//! Options of commands for systems, without a scenario.

use std::path::PathBuf;
use std::str::FromStr;

use brunt_scenarios::units::Period;
use clap::Args;

use super::platform::{ClusterArgs, PlatformKind};

/// Options of `brunt up`.
#[derive(Debug, Args)]
pub struct UpArgs {
    /// Name of a built-in system, or path of a system file.
    pub system: String,
    /// Where the system runs.
    #[arg(long, value_enum, default_value = "local", value_name = "PLATFORM")]
    pub on: PlatformKind,
    /// Folder for the system's data and logs. Default: `.brunt/up/SYSTEM`.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Delete the data of earlier times first.
    #[arg(long)]
    pub fresh: bool,
    /// Use free ports instead of the declared ones.
    #[arg(long)]
    pub free_ports: bool,
    /// Add this number to each declared port, so that several systems can run side by side.
    #[arg(long, value_name = "NUMBER", default_value_t = 0, conflicts_with = "free_ports")]
    pub port_offset: u16,
    #[command(flatten)]
    pub cluster: ClusterArgs,
    /// On Kubernetes: image of the services.
    #[arg(
        long,
        value_name = "NAME",
        default_value = concat!("brunt:", env!("CARGO_PKG_VERSION"))
    )]
    pub image: String,
    /// On Kubernetes: event log, such as kafka://HOST:PORT. Default: a Kafka broker is deployed
    /// with the system.
    #[arg(long, value_name = "URL")]
    pub event_log: Option<String>,
    /// On Kubernetes: database, such as postgres://USER:PASSWORD@HOST/NAME. Default: a PostgreSQL
    /// server is deployed with the system.
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,
    /// On Kubernetes: how long to wait until everything is ready.
    #[arg(long, value_name = "TIME", default_value = "3m")]
    pub within: Period,
}

/// Options of `brunt down`.
#[derive(Debug, Args)]
pub struct DownArgs {
    /// Name of a built-in system.
    pub system: String,
    /// Where the system runs.
    #[arg(long, value_enum, default_value = "kubernetes", value_name = "PLATFORM")]
    pub on: PlatformKind,
    #[command(flatten)]
    pub cluster: ClusterArgs,
    /// Also remove its volumes and its namespace, and with them all data.
    #[arg(long)]
    pub volumes: bool,
}

/// Options of `brunt watch`.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Name of a built-in system.
    pub system: String,
    /// Event log: sqlite:FILE or kafka://HOST:PORT. Default: the value of EVENT_LOG, or else the
    /// log that `brunt up` and `brunt serve` use here.
    #[arg(long, value_name = "URL")]
    pub log: Option<String>,
    /// Show only this topic. Default: all topics of the log.
    #[arg(long)]
    pub topic: Option<String>,
    /// Also show the events that were published before.
    #[arg(long)]
    pub from_beginning: bool,
    /// Print one JSON object a line, with the whole event.
    #[arg(long)]
    pub json: bool,
    /// Stop after this time, such as 5s.
    #[arg(long = "for", value_name = "TIME")]
    pub lasts: Option<Period>,
}

/// Options of `brunt serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Name of a built-in system.
    pub system: String,
    /// Name of one of its services.
    pub service: String,
}

/// Options of `brunt revert`.
#[derive(Debug, Args)]
pub struct RevertArgs {
    /// Look into this namespace alone; may be given several times. Default: all namespaces, nodes
    /// and cluster roles, as far as the account may look.
    #[arg(long, value_name = "NAME")]
    pub namespace: Vec<String>,
    /// Context of the kubeconfig. Default: the current one.
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,
    /// Restore only the changes of this run. Default: those of every run that has expired.
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    pub run: Option<String>,
    /// Restore the changes of every run, even of runs in progress.
    #[arg(long)]
    pub all: bool,
    /// Wait until this time first, such as 2026-01-31T12:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub after: Option<jiff::Timestamp>,
}

/// Options of `brunt stress`, which the cluster's stress fault starts in a container.
#[derive(Debug, Args)]
pub struct StressArgs {
    /// Number of busy threads.
    #[arg(long, default_value_t = 0)]
    pub cpu: u32,
    /// Memory to allocate, in MiB.
    #[arg(long, default_value_t = 0)]
    pub memory: u32,
    /// Begin with the first line of standard input.
    #[arg(long)]
    pub attached: bool,
    /// End after so many seconds, even if standard input has not ended.
    #[arg(long, value_name = "SECONDS")]
    pub at_most: Option<u64>,
    /// Instead, send SIGTERM to the container's first process.
    #[arg(long)]
    pub end: bool,
}

/// Options of `brunt connections`, which a run starts in a callee's pods.
#[derive(Debug, Args)]
pub struct ConnectionsArgs {
    /// Print the table for each line of standard input.
    #[arg(long)]
    pub attached: bool,
}

/// Options of `brunt work`, which the Job of the load workers starts.
#[derive(Debug, Args)]
pub struct WorkArgs {
    /// File with the worker's task, as JSON.
    pub task: PathBuf,
}

/// Options of `brunt edge-proxy`, which runs on a cluster in front of a callee.
#[derive(Debug, Args)]
pub struct EdgeProxyCommandArgs {
    /// The service whose calls it passes on.
    pub callee: String,
    /// A port of the callee's, and where it leads until the control connection says otherwise.
    #[arg(long, required = true, value_name = "PORT=HOST:PORT")]
    pub serve: Vec<ServedPortArg>,
    /// Port of the control connection, by which a run sets faults and reads counts.
    #[arg(long)]
    pub control: u16,
    /// File with the token that a control connection must begin with.
    #[arg(long, value_name = "FILE")]
    pub token_file: PathBuf,
}

/// A port that is listened on, and where its connections lead, as `PORT=HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedPortArg {
    /// The port that is listened on.
    pub port: u16,
    /// Where its connections lead, as `HOST:PORT`.
    pub leads_to: String,
}

impl FromStr for ServedPortArg {
    type Err = ServedPortError;

    fn from_str(text: &str) -> Result<Self, ServedPortError> {
        let (port, leads_to) = text.split_once('=').ok_or(ServedPortError)?;
        let port = port.parse().map_err(|_| ServedPortError)?;
        Ok(Self { port, leads_to: leads_to.to_owned() })
    }
}

/// A served port is written otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a port and where it leads, for example 8080=10.0.0.1:8080")]
pub struct ServedPortError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_served_port_may_lead_to_any_address() {
        let read = |text: &str| text.parse::<ServedPortArg>();
        let served = |port, leads_to: &str| ServedPortArg { port, leads_to: leads_to.to_owned() };
        assert_eq!(read("80=[fd00::2]:80"), Ok(served(80, "[fd00::2]:80")));
        assert_eq!(read("8081=10.0.0.1:9"), Ok(served(8081, "10.0.0.1:9")));
        assert!(read("8081").is_err() && read("x=10.0.0.1:9").is_err());
    }
}

//! Commands for systems, without a scenario.

use std::path::PathBuf;

use brunt_scenarios::units::Period;
use clap::Args;

use super::place::{ClusterPlace, Platform};

/// `brunt up`
#[derive(Debug, Args)]
pub struct Up {
    /// A built-in system's name, or the path of a system file.
    pub system: String,
    /// Where it runs.
    #[arg(long, value_enum, default_value = "local")]
    pub on: Platform,
    /// Where the system keeps its data and logs: `.brunt/up/SYSTEM` unless given.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Throw away the data of earlier times first.
    #[arg(long)]
    pub fresh: bool,
    /// Use free ports instead of the declared ones.
    #[arg(long)]
    pub free_ports: bool,
    /// Use ports that are higher by this than the declared ones, so that several systems can run
    /// side by side.
    #[arg(long, value_name = "NUMBER", default_value_t = 0, conflicts_with = "free_ports")]
    pub port_offset: u16,
    #[command(flatten)]
    pub cluster: ClusterPlace,
    /// On a cluster: the image.
    #[arg(long, value_name = "NAME", default_value = concat!("brunt:", env!("CARGO_PKG_VERSION")))]
    pub image: String,
    /// On a cluster: the event log, such as kafka://HOST:PORT. A Kafka of its own unless given.
    #[arg(long, value_name = "URL")]
    pub event_log: Option<String>,
    /// On a cluster: the database, such as postgres://USER:PASSWORD@HOST/NAME. A PostgreSQL of its
    /// own unless given.
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,
    /// On a cluster: how long it may take until all is ready.
    #[arg(long, value_name = "TIME", default_value = "3m")]
    pub within: Period,
}

/// `brunt down`
#[derive(Debug, Args)]
pub struct Down {
    /// A built-in system's name.
    pub system: String,
    /// Where it runs.
    #[arg(long, value_enum, default_value = "kubernetes")]
    pub on: Platform,
    #[command(flatten)]
    pub cluster: ClusterPlace,
    /// Remove its volumes and its namespace as well, and with them all data.
    #[arg(long)]
    pub volumes: bool,
}

/// `brunt watch`
#[derive(Debug, Args)]
pub struct Watch {
    /// The built-in system.
    pub system: String,
    /// The event log, as services are told by EVENT_LOG: sqlite:FILE or kafka://HOST:PORT. Unless
    /// given, what EVENT_LOG says, or the log that `brunt up` and `brunt serve` use here.
    #[arg(long, value_name = "URL")]
    pub log: Option<String>,
    /// This topic alone; all that the log has unless given.
    #[arg(long)]
    pub topic: Option<String>,
    /// Show what was published before as well.
    #[arg(long)]
    pub from_beginning: bool,
    /// One JSON object a line, with the whole event.
    #[arg(long)]
    pub json: bool,
    /// Stop after this time, such as 5s.
    #[arg(long = "for", value_name = "TIME")]
    pub lasts: Option<Period>,
}

/// `brunt serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// The built-in system.
    pub system: String,
    /// The service.
    pub service: String,
}

/// `brunt revert`
#[derive(Debug, Args)]
pub struct Revert {
    #[command(flatten)]
    pub cluster: ClusterPlace,
    /// The run whose changes are put back; those of every run whose time is over unless given.
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    pub run: Option<String>,
    /// Put back the changes of every run, also of those that still go on.
    #[arg(long)]
    pub all: bool,
    /// Wait until then, such as 2026-01-31T12:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub after: Option<jiff::Timestamp>,
}

/// `brunt stress`
#[derive(Debug, Args)]
pub struct Stress {
    /// So many busy threads.
    #[arg(long, default_value_t = 0)]
    pub cpu: u32,
    /// So much memory, in MiB.
    #[arg(long, default_value_t = 0)]
    pub memory: u32,
    /// Instead, tell the container's first process to end.
    #[arg(long)]
    pub end: bool,
}

/// `brunt work`
#[derive(Debug, Args)]
pub struct Work {
    /// The file that says what to do.
    pub task: PathBuf,
}

/// `brunt stand-in`
#[derive(Debug, Args)]
pub struct StandInFor {
    /// The service in whose place it is.
    pub callee: String,
    /// Where it takes requests in.
    #[arg(long)]
    pub port: u16,
    /// Where it is told what to do.
    #[arg(long)]
    pub control: u16,
    /// Where the service answers while nothing else is said.
    #[arg(long, value_name = "HOST:PORT")]
    pub kept: String,
}

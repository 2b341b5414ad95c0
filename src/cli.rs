//! The command line as it is typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use brunt_scenarios::units::{Percent, Period};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::live::USUAL;

/// Does your system bear it? Load and chaos, with verdicts that can be trusted.
#[derive(Debug, Parser)]
#[command(name = "brunt", version, about, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 all holds; 1 an expectation failed; 2 the scenario, system file or command line is \
wrong; 3 inconclusive; 4 stopped early; 5 something could not be put back.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios: start the system, put load on it, break it, judge, report.
    Run(Run),
    /// Run scenarios with and without their guards: each must pass with, and fail without, for the named reason.
    Prove(Prove),
    /// Run scenarios many times, as they are and without each guard, and say how often verdicts are wrong.
    Calibrate(Calibrate),
    /// Check scenario files without running them.
    Validate(Validate),
    /// Print the JSON Schema of scenario files, of system files, or of `report.json`.
    Schema(Schema),
    /// Start a system and keep it running until ctrl-C; on a cluster, until `brunt down`.
    Up(Up),
    /// Remove a system from a cluster.
    Down(Down),
    /// Show a running built-in system's events as they are published, until ctrl-C.
    Watch(Watch),
    /// Run one service of a built-in system in the foreground.
    Serve(Serve),
    /// Put load on a URL, as siege does; see `brunt load --help`.
    #[command(disable_help_flag = true)]
    Load {
        /// As siege takes them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Say whether a new version is worse than the one before, by how much, and how sure that is.
    Compare(Compare),
    /// Render the reports of earlier runs again, and a page over all of them.
    Report(Report),
    /// List what is built in.
    List,
    /// Put back what runs have changed on a cluster and could not put back themselves.
    Revert(Revert),
    /// Use up processor and memory until standard input ends.
    #[command(hide = true)]
    Stress(Stress),
    /// Ends process groups whose supervisor has died.
    #[command(hide = true)]
    Reap,
}

/// `brunt run`
#[derive(Debug, Args)]
pub struct Run {
    /// Scenario files, folders of them, or built-in ones such as `coffee/product-down`.
    #[arg(required = true)]
    pub scenarios: Vec<String>,
    /// Run each scenario so often, and judge all of its runs together: with each run as one unit, not each request.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = at_least_one, conflicts_with = "baseline")]
    pub trials: usize,
    /// Runs of the version before (a report.json, a run's folder, or a folder of them): a new one that is worse fails.
    #[arg(long, value_name = "PATH")]
    pub baseline: Option<PathBuf>,
    /// Say what each fault would touch at this moment, and touch nothing. On Kubernetes alone.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub tolerance: Tolerance,
    /// Show the run on a page while it goes on; on 127.0.0.1:7357 unless given, port 0 for a free one. Anybody who can reach the
    /// address can read it.
    #[arg(long, value_name = "ADDRESS:PORT", num_args = 0..=1, require_equals = true, default_missing_value = USUAL)]
    pub serve: Option<SocketAddr>,
    #[command(flatten)]
    pub common: Common,
}

/// By how much a new version may be worse.
#[derive(Debug, Clone, Args)]
pub struct Tolerance {
    /// So many more points of failed requests are nothing, 0.5% unless given.
    #[arg(long, value_name = "PERCENT")]
    pub allow_failures: Option<Percent>,
    /// So much longer latency is nothing, 20% unless given.
    #[arg(long, value_name = "PERCENT")]
    pub allow_latency: Option<Percent>,
}

/// `brunt compare`
#[derive(Debug, Args)]
pub struct Compare {
    /// Runs of the version before: a report.json, a run's folder, or a folder of them.
    pub base: PathBuf,
    /// Runs of the new version, likewise.
    pub new: PathBuf,
    #[command(flatten)]
    pub tolerance: Tolerance,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `brunt report`
#[derive(Debug, Args)]
pub struct Report {
    /// A report.json, a run's folder, or a folder of them: that gets an index.html.
    #[arg(default_value = ".brunt/runs")]
    pub path: PathBuf,
}

/// `brunt prove`
#[derive(Debug, Args)]
pub struct Prove {
    /// Scenario files, folders of them, or built-in ones such as `coffee`.
    #[arg(required = true)]
    pub scenarios: Vec<String>,
    #[command(flatten)]
    pub common: Common,
}

/// `brunt calibrate`
#[derive(Debug, Args)]
pub struct Calibrate {
    /// Scenario files, folders of them, or built-in ones such as `coffee`.
    #[arg(required = true)]
    pub scenarios: Vec<String>,
    /// How often each scenario, and each without a guard, is run; added to what an earlier call with the same --out counted.
    #[arg(long, default_value_t = 10)]
    pub runs: u32,
    /// Begin no run after this time.
    #[arg(long = "for", value_name = "DURATION")]
    pub lasts: Option<Period>,
    /// Fail if it is shown, at 95 % confidence, that more clean runs than this do not pass.
    #[arg(long, value_name = "SHARE")]
    pub false_alarms: Option<Percent>,
    /// Fail if it is shown, at 95 % confidence, that of any defect fewer are found than this.
    #[arg(long, value_name = "SHARE")]
    pub detection: Option<Percent>,
    #[command(flatten)]
    pub common: Common,
}

/// What commands that run scenarios have in common.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Where reports, logs and data go; each run gets a folder of its own in it.
    #[arg(long, default_value = ".brunt/runs")]
    pub out: PathBuf,
    /// Keep the system's data even when all is well.
    #[arg(long)]
    pub keep: bool,
    /// Print the verdict only.
    #[arg(short, long)]
    pub quiet: bool,
    /// Make a run again, at most so often, when the load generator missed its own schedule, so that it says nothing of the
    /// system.
    #[arg(long, default_value_t = 2)]
    pub retries: u32,
    /// How many scenarios run at the same time. More than the machine bears makes the load generator late.
    #[arg(long, default_value_t = 1, value_parser = at_least_one)]
    pub jobs: usize,
    /// The seed of all chance, to run the same again; drawn unless given.
    #[arg(long)]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub place: OnWhat,
}

/// Where systems run.
#[derive(Debug, Clone, Args)]
pub struct OnWhat {
    /// Where the system runs: as processes here, or on a cluster that has it already.
    #[arg(long, value_enum, default_value = "local", value_name = "WHAT")]
    pub on: Platform,
    #[command(flatten)]
    pub cluster: ClusterPlace,
    /// On Kubernetes: the image of brunt for the Job that puts things back should this process be killed; the system's own
    /// unless given, if that is brunt's.
    #[arg(long)]
    pub image: Option<String>,
    /// On Kubernetes: go on without that Job. After a crash, only `brunt revert` puts things back.
    #[arg(long)]
    pub no_dead_man: bool,
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

/// Where a system can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Platform {
    /// As processes on this machine.
    Local,
    /// On a Kubernetes cluster.
    Kubernetes,
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

/// `brunt validate`
#[derive(Debug, Args)]
pub struct Validate {
    /// Scenario files, folders of them, or built-in ones.
    #[arg(required = true)]
    pub scenarios: Vec<String>,
}

/// `brunt schema`
#[derive(Debug, Args)]
pub struct Schema {
    /// Of which kind of file.
    #[arg(value_enum, default_value = "scenario")]
    pub of: SchemaOf,
}

/// Kinds of files.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SchemaOf {
    /// Scenario files.
    Scenario,
    /// System files.
    System,
    /// The report for programs, `report.json`.
    Report,
    /// Load files, of `brunt load`.
    Load,
}

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
    /// Use ports that are higher by this than the declared ones, so that several systems can run side by side.
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
    /// On a cluster: the database, such as postgres://USER:PASSWORD@HOST/NAME. A PostgreSQL of its own unless given.
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

impl ClusterPlace {
    /// The same for the connection.
    pub fn place(&self) -> brunt_kubernetes::Where {
        brunt_kubernetes::Where {
            context: self.context.clone(),
            namespace: self.namespace.clone(),
            ..brunt_kubernetes::Where::default()
        }
    }
}

/// `brunt watch`
#[derive(Debug, Args)]
pub struct Watch {
    /// The built-in system.
    pub system: String,
    /// The event log, as services are told by EVENT_LOG: sqlite:FILE or kafka://HOST:PORT. Unless given, what EVENT_LOG
    /// says, or the log that `brunt up` and `brunt serve` use here.
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

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|jobs| *jobs > 0).ok_or_else(|| "a number from 1".to_owned())
}

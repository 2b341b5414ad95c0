//! Options of commands that run scenarios.

use std::net::SocketAddr;
use std::path::PathBuf;

use brunt_scenarios::units::{Percent, Period};
use clap::Args;

use super::platform::PlatformArgs;
use crate::live::DEFAULT_ADDRESS;

/// Options of `brunt run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Scenario files, folders of them, or built-in scenarios such as `coffee/product-down`.
    #[arg(required = true)]
    pub scenarios: Vec<String>,
    /// Number of runs of each scenario, which get one verdict: its statistics take each run, not
    /// each request, as one observation.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 1,
        value_parser = at_least_one,
        conflicts_with = "baseline"
    )]
    pub trials: usize,
    /// Compare with runs of the previous version (a report.json, a run's folder, or a folder of
    /// them) and fail if the new version is worse.
    #[arg(long, value_name = "PATH")]
    pub baseline: Option<PathBuf>,
    /// Print what each fault would hit at this moment, and change nothing. Only on Kubernetes.
    #[arg(long)]
    pub dry_run: bool,
    /// On Kubernetes: also store each report in the namespace, as the ConfigMap
    /// `brunt-report-SCENARIO`, in place of the previous one. For controllers whose pod is deleted
    /// with its files.
    #[arg(long, conflicts_with_all = ["dry_run", "trials"])]
    pub leave_report: bool,
    #[command(flatten)]
    pub tolerance: ToleranceArgs,
    /// Serve a page that shows the run while it is in progress. Default address: 127.0.0.1:7357;
    /// port 0 takes a free one. Everybody who can reach the address can read the page.
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = DEFAULT_ADDRESS
    )]
    pub serve: Option<SocketAddr>,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// By how much a new version may be worse than the previous one.
#[derive(Debug, Clone, Args)]
pub struct ToleranceArgs {
    /// How many more requests may fail, in percentage points of all requests. Default: 0.5%.
    #[arg(long, value_name = "PERCENT")]
    pub allow_failures: Option<Percent>,
    /// How much longer latencies may be, relative to the previous version. Default: 20%.
    #[arg(long, value_name = "PERCENT")]
    pub allow_latency: Option<Percent>,
}

/// Options of `brunt prove`.
#[derive(Debug, Args)]
pub struct ProveArgs {
    /// Scenario files, folders of them, or built-in scenarios such as `coffee`.
    #[arg(required = true)]
    pub scenarios: Vec<String>,
    /// Let scenarios without a proof pass. Without this option they end inconclusive, as nothing
    /// shows that their checks can fail.
    #[arg(long)]
    pub allow_unproven: bool,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// Options of `brunt calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// Scenario files, folders of them, or built-in scenarios such as `coffee`.
    #[arg(required = true)]
    pub scenarios: Vec<String>,
    /// Number of runs of each scenario, and of each scenario without a guard. Counts are added to
    /// those of earlier calls with the same --out.
    #[arg(long, default_value_t = 10)]
    pub runs: u32,
    /// Start no new run after this time.
    #[arg(long = "for", value_name = "DURATION")]
    pub lasts: Option<Period>,
    /// Fail if, at 95 % confidence, more than this share of the clean runs do not pass.
    #[arg(long, value_name = "SHARE")]
    pub false_alarms: Option<Percent>,
    /// Fail if, at 95 % confidence, any defect is found in less than this share of its runs.
    #[arg(long, value_name = "SHARE")]
    pub detection: Option<Percent>,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// Options of all commands that run scenarios.
#[derive(Debug, Clone, Args)]
pub struct CommonArgs {
    /// Folder for reports, logs and data; each run gets a folder of its own in it.
    #[arg(long, default_value = ".brunt/runs")]
    pub out: PathBuf,
    /// Keep the system's data even if the run passes.
    #[arg(long)]
    pub keep: bool,
    /// Print only the verdict.
    #[arg(short, long)]
    pub quiet: bool,
    /// How many times an inconclusive run is repeated if the load generator missed its own
    /// schedule, which may be why. Default: 2; 0 for faults on a cluster, which are not injected
    /// again unless that is asked for.
    #[arg(long, value_name = "NUMBER")]
    pub retries: Option<u32>,
    /// Number of scenarios that run at the same time. Too many for the machine make the load
    /// generator miss its schedule.
    #[arg(long, default_value_t = 1, value_parser = at_least_one)]
    pub jobs: usize,
    /// Seed of the random choices, such as which replica a fault hits; the same seed makes the same
    /// choices. Default: a random one, which the report shows.
    #[arg(long)]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub platform: PlatformArgs,
}

// The error is a text because clap prints it as it is.
fn at_least_one(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|number| *number > 0).ok_or("a number from 1")
}

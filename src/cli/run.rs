//! Commands that run scenarios.

use std::net::SocketAddr;
use std::path::PathBuf;

use brunt_scenarios::units::{Percent, Period};
use clap::Args;

use super::place::OnWhat;
use crate::live::USUAL;

/// `brunt run`
#[derive(Debug, Args)]
pub struct Run {
    /// Scenario files, folders of them, or built-in ones such as `coffee/product-down`.
    #[arg(required = true)]
    pub scenarios: Vec<String>,
    /// Run each scenario so often, and judge all of its runs together: with each run as one unit,
    /// not each request.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = at_least_one, conflicts_with = "baseline")]
    pub trials: usize,
    /// Runs of the version before (a report.json, a run's folder, or a folder of them): a new one
    /// that is worse fails.
    #[arg(long, value_name = "PATH")]
    pub baseline: Option<PathBuf>,
    /// Say what each fault would touch at this moment, and touch nothing. On Kubernetes alone.
    #[arg(long)]
    pub dry_run: bool,
    /// On Kubernetes: leave each report in the namespace too, as the ConfigMap
    /// `brunt-report-SCENARIO`, in the place of the one before. For controllers whose pod and
    /// its files go.
    #[arg(long, conflicts_with_all = ["dry_run", "trials"])]
    pub leave_report: bool,
    #[command(flatten)]
    pub tolerance: Tolerance,
    /// Show the run on a page while it goes on; on 127.0.0.1:7357 unless given, port 0 for a free
    /// one. Anybody who can reach the address can read it.
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
    /// How often each scenario, and each without a guard, is run; added to what an earlier call
    /// with the same --out counted.
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
    /// Make a run again, at most so often, when the load generator missed its own schedule, so that
    /// it says nothing of the system.
    #[arg(long, default_value_t = 2)]
    pub retries: u32,
    /// How many scenarios run at the same time. More than the machine bears makes the
    /// load generator late.
    #[arg(long, default_value_t = 1, value_parser = at_least_one)]
    pub jobs: usize,
    /// The seed of all chance, to run the same again; drawn unless given.
    #[arg(long)]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub place: OnWhat,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|jobs| *jobs > 0).ok_or_else(|| "a number from 1".to_owned())
}

//! One run of a scenario, from its folder to its report, for all commands that make runs.

use std::path::{Path, PathBuf};

use anyhow::{Error, Result};
use brunt_reports::{Fact, Origin, Outcome, PlannedFailure, Report, Secrets, text};
use brunt_scenarios::plan::{Plan, Proof};
use brunt_scenarios::timeline::{Ending, LoadRecord};
use tracing::{debug, info, info_span, warn};

use crate::cli::{CommonArgs, PlatformKind};
use crate::commands::platform;
use crate::console::{self, errln, out};
use crate::files::Planned;
use crate::live::LivePage;
use crate::logging::RunLog;
use crate::progress::RunProgress;
use crate::runner::{self, RunConfig};
use crate::shell::quoted;
use crate::{run_folder, runtime};

/// How often a run is repeated unless the command line says otherwise.
const RETRIES: u32 = 2;

/// A run that a command plans to make.
pub struct Attempt<'a> {
    /// The scenario file that it comes from.
    pub planned: &'a Planned,
    /// The scenario's plan, or the same without a guard.
    pub plan: &'a Plan,
    /// What is broken on purpose in this plan; `None` for the scenario as it is.
    pub proof: Option<&'a Proof>,
    /// Last part of the folder's name.
    pub slug: &'a str,
    /// The command that repeats it, such as `run` or `prove`.
    pub command: &'static str,
    /// The live page, if one is served.
    pub live: Option<&'a LivePage>,
}

/// Makes a run, and repeats it while the load generator misses its schedule; returns the last
/// report and the path of its HTML page. The folders of all runs are kept.
pub fn make(attempt: &Attempt<'_>, common: &CommonArgs) -> Result<(Report, PathBuf)> {
    let mut last = measure(attempt, common)?;
    let most = retries(attempt.plan, common);
    for again in 1..=most {
        if !generator_was_late(&last.0) {
            break;
        }
        info!(again, most, "the generator missed its schedule: the run is made again");
        errln!("the load generator missed its own schedule: repeating the run ({again} of {most})");
        last = measure(attempt, common)?;
    }
    Ok(last)
}

// A system on a cluster may be used by others: no fault hits it more often than somebody has asked
// for.
fn retries(plan: &Plan, common: &CommonArgs) -> u32 {
    let is_others = common.platform.on == PlatformKind::Kubernetes && !plan.faults.is_empty();
    common.retries.unwrap_or(if is_others { 0 } else { RETRIES })
}

// Only this kind of inconclusive run is repeated: a busy machine makes the generator late, which
// says nothing about the system. All other reasons would be the same again.
fn generator_was_late(report: &Report) -> bool {
    report.verdict.outcome == Outcome::Inconclusive
        && report.timeline.ending == Ending::Completed
        && report.timeline.loads.iter().any(LoadRecord::was_late)
}

fn measure(attempt: &Attempt<'_>, common: &CommonArgs) -> Result<(Report, PathBuf)> {
    let Attempt { planned, plan, proof, slug, command, live } = attempt;
    let folder = run_folder::create(&common.out, slug)?;
    let seed = common.seed.unwrap_or_else(|| fastrand::u64(..));
    let id = run_folder::new_id();
    let run = info_span!("run", id, scenario = plan.name);
    let log = RunLog::keep(&run, &folder);
    let _in_run = run.enter();
    info!(%command, seed, folder = %folder.display(), "the run begins");
    // Several runs at once would overwrite one another's lines.
    let progress = if common.quiet || common.jobs > 1 {
        RunProgress::quiet()
    } else {
        RunProgress::on_stderr()
    };
    progress.line(&plan.name);
    let started = jiff::Timestamp::now();
    let origin = origin(planned, command, started, seed);
    let progress = progress.and_on_page(live.cloned(), plan, origin.clone());
    let platform = platform::of_run(plan, &planned.base, &folder, &common.platform, &id);
    let load_workers = platform::load_workers(&common.platform);
    let progress_of_run = progress.clone();
    let config =
        RunConfig { plan, planned, platform, load_workers, seed, progress: progress_of_run };
    let timeline = runtime::within(&run)?.block_on(runner::run(&config));
    progress.done();
    let timeline = timeline.map_err(|error| not_started(error, &folder, log.as_ref()))?;
    let verdict = brunt_reports::judge(plan, &timeline);
    let planned_failure = proof.map(|proof| PlannedFailure {
        of: planned.plan.name.clone(),
        how: proof.to_string(),
        fails: proof.fails.clone(),
    });
    let mut report = Report::new(plan, verdict, timeline, origin);
    if let Some(planned) = planned_failure {
        report = report.with_planned_failure(planned, plan);
    }
    log_end(&report);
    if let Some(live) = live {
        live.report(&report);
    }
    let page = run_folder::write(&report, &folder).inspect_err(|_| {
        // What was measured must not be lost because the disk is full.
        out!("{}", text(&report, console::colour(), None));
    })?;
    // The data of a run that did not pass may show why.
    if report.verdict.outcome == Outcome::Pass && !common.keep {
        let _ = std::fs::remove_dir_all(folder.join("data"));
    }
    Ok((report, page))
}

/// The error of a run that could not even start its system. There is nothing to report, and a
/// folder without a report would only confuse, unless its log says what was changed all the same.
fn not_started(error: Error, folder: &Path, log: Option<&RunLog>) -> Error {
    match log.and_then(RunLog::with_changes) {
        Some(log) => error.context(format!(
            "the run could not start; what it had changed by then is in {}",
            log.display()
        )),
        None => {
            // An error here would hide the one that matters.
            let _ = brunt_local::remove_folder(folder);
            error
        }
    }
}

fn log_end(report: &Report) {
    for what in &report.timeline.left_behind {
        warn!(%what, "left behind");
    }
    for finding in &report.verdict.findings {
        let (check, judgement) = (&finding.name, finding.judgement);
        debug!(%check, ?judgement, measured = %finding.measured, "judged");
    }
    info!(outcome = %report.verdict.outcome, ending = ?report.timeline.ending, "the run is over");
}

fn origin(planned: &Planned, command: &str, started: jiff::Timestamp, seed: u64) -> Origin {
    let fact = |name: &str, value: String| Fact { name: name.to_owned(), value };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    Origin {
        started,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: format!("brunt {command} {} --seed {seed}", quoted(&planned.source.name)),
        host: vec![
            fact("System", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
            fact("Cores", cores.to_string()),
        ],
        file: planned.source.name.clone(),
        text: Secrets::of(&planned.plan).mask(&planned.source.text),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};
    use crate::{files, logging};

    /// How often a run of a scenario would be repeated at most.
    fn repeated(scenario: &str, options: &[&str]) -> u32 {
        let cli = Cli::try_parse_from(["brunt", "run", scenario].iter().chain(options)).unwrap();
        let Command::Run(options) = cli.command else { panic!("it is another command") };
        let planned = files::plans(&[scenario.to_owned()]).unwrap();
        retries(&planned[0].plan, &options.common)
    }

    #[test]
    fn on_a_cluster_no_fault_is_repeated_unless_that_is_asked_for() {
        let (with_fault, without) = ("cluster/killed", "cluster/autoscale");
        let on = ["--on", "kubernetes"];
        assert_eq!(repeated(with_fault, &on), 0);
        assert_eq!(repeated(with_fault, &[on[0], on[1], "--retries", "1"]), 1);
        assert_eq!(repeated(with_fault, &[]), RETRIES);
        assert_eq!(repeated(without, &on), RETRIES, "a load alone may be put on again");
    }

    /// The error of a run in which `change` happens before it fails, and whether its log is left.
    fn failed(change: impl FnOnce()) -> (String, bool) {
        let out = tempfile::tempdir().unwrap();
        let folder = run_folder::create(out.path(), "test").unwrap();
        let error = logging::with_run_logs(|| {
            let run = info_span!("run");
            let log = RunLog::keep(&run, &folder);
            run.in_scope(change);
            not_started(anyhow::anyhow!("the image is missing"), &folder, log.as_ref())
        });
        (format!("{error:#}"), folder.join("log.jsonl").exists())
    }

    #[test]
    fn the_log_of_a_run_that_did_not_start_is_kept_when_something_was_changed() {
        let (error, is_left) =
            failed(|| info!(object = "Service web", before = "nothing", after = "created"));
        assert!(error.contains("log.jsonl: the image is missing"), "{error}");
        assert!(is_left);
    }

    #[test]
    fn without_a_change_nothing_is_left_of_a_run_that_did_not_start() {
        let (error, is_left) = failed(|| {
            info!("the run begins");
            info!(object = "Service web", after = "created", dry_run = true);
        });
        assert_eq!((error.as_str(), is_left), ("the image is missing", false));
    }
}

//! `brunt run`

mod dry;
mod leave;
mod trials;

use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::{Result, bail};
use brunt_reports::{Colour, Fact, Origin, Outcome, Report, comparison_text, text};
use brunt_scenarios::plan::Plan;
use brunt_scenarios::timeline::{Ending, LoadRecord, Schedule};
use tracing::{debug, info, info_span, warn};

use crate::cli::{CommonArgs, PlatformKind, RunArgs};
use crate::commands::compare::Baseline;
use crate::commands::parallel;
use crate::commands::platform;
use crate::console::{errln, out};
use crate::exit::Exit;
use crate::files::Planned;
use crate::github;
use crate::live::{LivePage, LiveServer};
use crate::logging::RunLog;
use crate::progress::RunProgress;
use crate::run_folder;
use crate::runner::{self, Setting};

/// Runs scenarios, one after another unless told otherwise; the worst end counts.
pub fn run(options: &RunArgs) -> Result<Exit> {
    let plans = platform::plans(&options.scenarios, &options.common.platform)?;
    if options.dry_run {
        return dry::run(&plans, &options.common);
    }
    let baseline = options
        .baseline
        .as_deref()
        .map(|path| Baseline::read(path, &options.tolerance))
        .transpose()?;
    if let Some(baseline) = &baseline {
        plans.iter().try_for_each(|planned| baseline.must_have(&planned.plan.name))?;
    }
    if options.leave_report && options.common.platform.on == PlatformKind::Local {
        bail!("--leave-report needs --on kubernetes: on this machine, the report is in its folder");
    }
    if options.serve.is_some() && options.common.jobs > 1 {
        bail!("--serve shows one run at a time: leave out --jobs, or --serve");
    }
    let serving = options.serve.map(LiveServer::start).transpose()?;
    let live = serving.as_ref().map(LiveServer::live);
    let ends = parallel::all(options.common.jobs, &plans, |planned| match options.trials {
        1 => one(planned, options, baseline.as_ref(), live.as_ref()),
        times => trials::several(planned, &options.common, times),
    })?;
    Ok(ends.into_iter().fold(Exit::Pass, Exit::worse))
}

fn one(
    planned: &Planned,
    options: &RunArgs,
    baseline: Option<&Baseline>,
    live: Option<&LivePage>,
) -> Result<Exit> {
    let common = &options.common;
    for doubt in brunt_reports::foresee(&planned.plan) {
        errln!("warning: {doubt}");
    }
    let attempt =
        Attempt { planned, plan: &planned.plan, slug: &planned.slug, command: "run", live };
    let (report, page) = once(&attempt, common)?;
    let held = baseline.map(|baseline| baseline.hold(&report)).transpose()?;
    let mut said = text(&report, colour(), Some(&page.display().to_string()));
    let mut exit = Exit::from(report.verdict.outcome);
    if options.leave_report {
        let left = leave::report(planned, &page, &common.platform).inspect_err(|_| {
            // What was measured must not be lost with the cluster.
            out!("{said}");
        })?;
        said += &left;
    }
    if let Some(comparison) = held {
        said += &format!("\n{}", comparison_text(&comparison));
        exit = exit.worse(comparison.judgement().into());
    }
    // At once, as others may be saying something too.
    out!("{said}");
    github::annotate(&report)?;
    Ok(exit)
}

/// One run that is to be made.
pub struct Attempt<'a> {
    /// The scenario that it comes from.
    pub planned: &'a Planned,
    /// What is carried out: the scenario's plan, or one without some guard.
    pub plan: &'a Plan,
    /// What its folder is called.
    pub slug: &'a str,
    /// The command that makes it again: `run` or `prove`.
    pub command: &'static str,
    /// The page that shows it while it goes on.
    pub live: Option<&'a LivePage>,
}

/// Makes a run, and again while it says nothing because the generator missed its schedule; returns
/// the last report and where the one for people is. The reports of all of them stay.
pub fn once(attempt: &Attempt<'_>, common: &CommonArgs) -> Result<(Report, PathBuf)> {
    let mut last = measure(attempt, common)?;
    for again in 1..=common.retries {
        if !says_nothing(&last.0) {
            break;
        }
        let most = common.retries;
        info!(again, most, "the generator missed its schedule: the run is made again");
        errln!(
            "the load generator missed its own schedule: making the run again ({again} of {most})"
        );
        last = measure(attempt, common)?;
    }
    Ok(last)
}

/// A busy machine makes the generator late, which is no fault of the system's.
fn says_nothing(report: &Report) -> bool {
    let missed = |load: &LoadRecord| matches!(load.schedule, Schedule::Missed(_));
    report.verdict.outcome == Outcome::Inconclusive
        && report.timeline.ending == Ending::Completed
        && report.timeline.loads.iter().any(missed)
}

fn measure(attempt: &Attempt<'_>, common: &CommonArgs) -> Result<(Report, PathBuf)> {
    let Attempt { planned, plan, slug, command, live } = attempt;
    let folder = run_folder::create(&common.out, slug)?;
    let seed = common.seed.unwrap_or_else(|| fastrand::u64(..));
    let id = new_id();
    let run = info_span!("run", id, scenario = plan.name);
    let _log = RunLog::keep(&run, &folder);
    let _in_run = run.enter();
    info!(%command, seed, folder = %folder.display(), "the run begins");
    // Several at once would write into one another's lines.
    let progress = if common.quiet || common.jobs > 1 {
        RunProgress::quiet()
    } else {
        RunProgress::on_stderr()
    };
    progress.line(&plan.name);
    let started = jiff::Timestamp::now();
    let origin = origin(planned, command, started, seed);
    let progress = progress.and_on_page(live.cloned(), plan, origin.clone());
    let on = platform::of_run(plan, &planned.base, &folder, &common.platform, &id);
    let setting =
        Setting { plan, planned, on, place: &common.platform, seed, progress: progress.clone() };
    let timeline = super::runtime_within(&run)?.block_on(runner::run(&setting));
    progress.done();
    let timeline = timeline.inspect_err(|_| {
        // Nothing ran, so there is nothing to report; an empty folder would only puzzle.
        let _ = std::fs::remove_dir_all(&folder);
    })?;
    let verdict = brunt_reports::judge(plan, &timeline);
    let report = Report::new(plan, verdict, timeline, origin);
    log_end(&report);
    if let Some(live) = live {
        live.report(&report);
    }
    let page = run_folder::write(&report, &folder).inspect_err(|_| {
        // What was measured must not be lost with the disk.
        out!("{}", text(&report, colour(), None));
    })?;
    if report.verdict.outcome == Outcome::Pass && !common.keep {
        let _ = std::fs::remove_dir_all(folder.join("data"));
    }
    Ok((report, page))
}

/// What a run is called in its log, and in what it notes on a cluster's objects.
fn new_id() -> String {
    format!("{:08x}", fastrand::u32(..))
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
        command: format!("brunt {command} {} --seed {seed}", planned.source.name),
        host: vec![
            fact("System", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
            fact("Cores", cores.to_string()),
        ],
        file: planned.source.name.clone(),
        text: planned.source.text.clone(),
    }
}

/// Colour on a terminal, unless the user does not want any.
pub fn colour() -> Colour {
    let wanted = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if wanted { Colour::On } else { Colour::Off }
}

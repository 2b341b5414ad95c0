//! `brunt run`

mod dry;
mod leave;
mod trials;

use anyhow::{Result, bail};
use brunt_reports::{comparison_text, text};

use crate::cli::{PlatformKind, RunArgs};
use crate::commands::attempt::{self, Attempt};
use crate::commands::compare::Baseline;
use crate::commands::{parallel, platform};
use crate::console::{self, errln, out};
use crate::exit::Exit;
use crate::files::Planned;
use crate::github;
use crate::live::{LivePage, LiveServer};

/// Runs scenarios, one after another unless `--jobs` says otherwise; the worst exit code counts.
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
    // Before anything runs: a baseline without a scenario's runs would be found after minutes.
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
    // Known before the run, and cheaper to mend then.
    for warning in brunt_reports::power_warnings(&planned.plan) {
        errln!("warning: {warning}");
    }
    let planned_run = Attempt {
        planned,
        plan: &planned.plan,
        proof: None,
        slug: &planned.slug,
        command: "run",
        live,
    };
    let (report, page) = attempt::make(&planned_run, common)?;
    let comparison = baseline.map(|baseline| baseline.compare_with(&report)).transpose()?;
    let mut shown = text(&report, console::colour(), Some(&page.display().to_string()));
    let mut exit = Exit::from(report.verdict.outcome);
    if options.leave_report {
        let left = leave::report(planned, &page, &common.platform).inspect_err(|_| {
            // What was measured must not be lost because the cluster is gone.
            out!("{shown}");
        })?;
        shown += &left;
    }
    if let Some(comparison) = comparison {
        shown += &format!("\n{}", comparison_text(&comparison));
        exit = exit.worse(comparison.judgement().into());
    }
    // In one piece, as runs beside this one print too.
    out!("{shown}");
    github::annotate(&report)?;
    Ok(exit)
}

//! `brunt load FILE.yaml`: the file's loads with their journeys, and its thresholds.

mod abort;
mod thresholds;

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Instant, SystemTime};

use brunt_loadgen::{Job, JobContext, LoadOutcome, Portion, Transport, start};
use brunt_reports::{Exit, Secrets};
use brunt_scenarios::plan::LoadPlan;
use serde_json::Value;

use super::monitor::LoadMonitor;
use super::wait::wait;
use crate::args::{Action, Flags, Siegerc, SummaryFormat, WrittenOptions, check_beside_load_file};
use crate::error::LoadCliError;
use crate::export::{self, MetricsPush};
use crate::limits::{self, LimitResult};
use crate::output::{CommandResult, LoadOutput, announcement, load_file_text, loads_in_words};
use crate::sources::load_plan;
use crate::streams::OutputStreams;
use crate::view::ViewConfig;
use abort::AbortCheck;

/// Puts the file's loads on, prints how they ended, and writes its exports.
pub(crate) fn load_file(
    flags: Flags,
    file: &str,
    command: &str,
    streams: OutputStreams<'_>,
) -> Result<CommandResult, LoadCliError> {
    check_beside_load_file(&flags)?;
    let plan = load_plan(file)?;
    // A load file says what siege's settings file could say.
    let written = WrittenOptions { flags, rc: Siegerc::default() };
    let (display, targets) = (written.display(), written.outputs(Action::Load)?);
    let jobs = jobs(&plan, &written.transport()?)?;
    let exports = export::open(&targets)?;
    let monitor = LoadMonitor::new(display, view_config(&plan, file), &streams)?;
    let OutputStreams { out, err, .. } = streams;
    if display.prints_text() {
        write!(err, "{}", announcement(&plan, file))?;
    }
    let began = SystemTime::now();
    let monitor = monitor.with_push(MetricsPush::new(&targets, began)?);
    let (outcomes, aborted) = put_on(jobs, &plan, monitor, err)?;
    let limit_results = thresholds::judge(&plan, &outcomes);
    let exit = exit(&outcomes, &limit_results, aborted.is_some());
    let output = LoadOutput {
        what: plan.name.clone().unwrap_or_else(|| file.to_owned()),
        how: loads_in_words(&plan),
        command: Secrets::of_loads(&plan).mask(command),
        began,
        outcomes: &outcomes,
        limit_results,
        exit,
        search: None,
    };
    // The files are written whatever becomes of the text.
    let printed = match display.format {
        SummaryFormat::Json => out.write_all(export::json(&output).as_bytes()),
        SummaryFormat::Text if display.prints_text() => {
            write!(err, "{}", load_file_text(&output, aborted.as_deref()))
        }
        SummaryFormat::Text => Ok(()),
    };
    let written = export::write(exports, &output, (out, err));
    printed.map_err(LoadCliError::from).and(written)?;
    Ok(CommandResult::of_exit(exit))
}

fn jobs(plan: &LoadPlan, transport: &Transport) -> Result<Vec<Job>, LoadCliError> {
    let secret = |(name, value): (&str, &str)| (name.to_owned(), Value::from(value));
    let values: BTreeMap<_, _> = plan.secrets.iter().map(secret).collect();
    // Loads of a scenario name services; those of a load file name URLs.
    let url = |base: &str| Some(base.to_owned());
    let setting = JobContext { url: &url, values: &values, transport, portion: Portion::WHOLE };
    let job = |load| Ok(Job::from_plan(load, &setting)?);
    plan.loads.iter().map(job).collect()
}

/// Each load's figures, and why all were ended early, if they were.
fn put_on(
    jobs: Vec<Job>,
    plan: &LoadPlan,
    mut monitor: LoadMonitor,
    err: &mut dyn Write,
) -> Result<(Vec<LoadOutcome>, Option<String>), LoadCliError> {
    let running = start(jobs, Instant::now(), 0)?;
    let mut abort = AbortCheck::new(plan);
    let check = &mut || {
        abort.check(&running);
        Ok(())
    };
    let waited = wait(&running, &mut monitor, check, err);
    // The terminal is given back before anything else is printed.
    let finished = monitor.finish(err);
    waited?;
    finished?;
    Ok((running.outcomes(), abort.reason))
}

fn view_config(plan: &LoadPlan, file: &str) -> ViewConfig {
    ViewConfig {
        what: plan.name.clone().unwrap_or_else(|| file.to_owned()),
        how: loads_in_words(plan),
        lasts: Some(plan.ends()),
        requests: None,
    }
}

fn exit(outcomes: &[LoadOutcome], limit_results: &[LimitResult], aborted: bool) -> Exit {
    let replies: u64 = outcomes.iter().map(|outcome| outcome.totals.replies).sum();
    let schedules: Vec<_> = outcomes.iter().map(|outcome| &outcome.record.schedule).collect();
    match aborted {
        true => Exit::Aborted,
        false => limits::exit(&schedules, limit_results, replies),
    }
}

//! `--find-max`: the highest rate at which a server keeps `--slo`, by steps of an open load.

mod curve;
mod search;

use std::io;
use std::time::{Duration, Instant, SystemTime};

use brunt_loadgen::{Bound, start};
use brunt_reports::Exit;
use brunt_scenarios::units::Rate;

use crate::args::{Settings, SummaryFormat};
use crate::error::LoadCliError;
use crate::export;
use crate::limits::LoadLimits;
use crate::output::{CommandResult, LoadOutput, RateSearchResult, RateStep};
use crate::run::{LoadMonitor, load_job, wait};
use crate::streams::OutputStreams;
use search::{HighestRate, NextStep, RateSearch, RateStepResult};

/// The first rate, in requests per second, unless `--rate` names one.
const FIRST: f64 = 100.0;
/// The share of a step that is not judged: connections are opened in it.
const WARM_UP: f64 = 0.2;

/// Searches, prints a line for each step and what was found, and writes the page if one is wanted.
pub(crate) fn find_max(
    settings: &Settings,
    slo: &LoadLimits,
    command: &str,
    streams: OutputStreams<'_>,
) -> Result<CommandResult, LoadCliError> {
    let OutputStreams { out, err, .. } = streams;
    // A search takes minutes: a page that cannot be written must be known before it.
    let exports = export::open(&settings.outputs)?;
    let prints = settings.display().prints_text();
    if prints {
        let version = env!("CARGO_PKG_VERSION");
        writeln!(err, "** brunt {version}\n** Searching for the highest rate that holds {slo}.")?;
    }
    let began = SystemTime::now();
    let (steps, found) = search(settings, slo, &mut |step| match prints {
        true => writeln!(err, "{}", curve::line(step, slo)),
        false => Ok(()),
    })?;
    let limits = slo.latency.iter().map(|(_, name, most)| (name.clone(), *most)).collect();
    let conclusion = conclusion(found);
    let result =
        RateSearchResult { conclusion, slo: slo.to_string(), limits, exit: exit(found), steps };
    if settings.format == SummaryFormat::Json {
        out.write_all(curve::json(&result, found).as_bytes())?;
    } else if prints {
        write!(err, "\n{}\n{}\n", curve::text(&result.steps, slo), result.conclusion)?;
    }
    let output = search_output(settings, &result, (began, command.to_owned()));
    export::write(exports, &output, (out, err))?;
    Ok(CommandResult::of_exit(result.exit))
}

fn search_output<'a>(
    settings: &Settings,
    result: &'a RateSearchResult,
    (began, command): (SystemTime, String),
) -> LoadOutput<'a> {
    let step = settings.bound.and_then(Bound::time).unwrap_or_default().as_secs_f64();
    LoadOutput {
        what: settings.requests_in_words(),
        how: format!("arrivals on a schedule, steps of {step} s"),
        command,
        began,
        outcomes: &[],
        limit_results: Vec::new(),
        exit: result.exit,
        search: Some(result),
    }
}

/// All steps, and what they show; `None` when the search was ended early.
fn search(
    settings: &Settings,
    slo: &LoadLimits,
    print: &mut dyn FnMut(&RateStep) -> io::Result<()>,
) -> Result<(Vec<RateStep>, Option<HighestRate>), LoadCliError> {
    let mut search = RateSearch::new(settings.rate.map_or(FIRST, Rate::per_second));
    let mut steps = Vec::new();
    loop {
        let rate = match search.next() {
            NextStep::Done(found) => return Ok((steps, Some(found))),
            NextStep::Try(rate) => rate,
        };
        let Some(step) = measure(settings, slo, rate)? else { return Ok((steps, None)) };
        print(&step)?;
        search.record(rate, step_result(&step));
        steps.push(step);
    }
}

/// Puts one rate on; `None` when it was ended early.
fn measure(
    settings: &Settings,
    slo: &LoadLimits,
    rate: f64,
) -> Result<Option<RateStep>, LoadCliError> {
    let job = load_job(settings, Some(rate)).ok_or(LoadCliError::Endless)?;
    let lasts = job.bound.time().unwrap_or(Duration::ZERO);
    let running = start(vec![job], Instant::now(), 0)?;
    // A line is printed when the step has ended; nothing is drawn meanwhile.
    if wait(&running, &mut LoadMonitor::silent(), &mut || Ok(()), &mut io::sink())? {
        return Ok(None);
    }
    let outcome = running.outcomes().into_iter().next().ok_or(LoadCliError::NoUrl)?;
    // Whole windows only; a short step is all judged.
    let window = outcome.record.window;
    let after = (lasts.as_secs_f64() * WARM_UP / window).floor() * window;
    Ok(Some(RateStep::measured(rate, &outcome.record, slo, after)))
}

fn step_result(step: &RateStep) -> RateStepResult {
    match step.holds {
        Some(true) => RateStepResult::Held,
        Some(false) => RateStepResult::Broke,
        None => RateStepResult::ScheduleMissed,
    }
}

fn conclusion(found: Option<HighestRate>) -> String {
    let rate = curve::rate;
    match found {
        None => "Ended early: the highest rate is not known.".to_owned(),
        Some(HighestRate::Between { holds, breaks }) => format!(
            "The highest rate that holds is {}: it held twice, and {} broke in two of three steps.",
            rate(holds),
            rate(breaks)
        ),
        Some(HighestRate::NotEven(least)) => format!("Not even {} holds.", rate(least)),
        Some(HighestRate::GeneratorLimit { holds, at }) => {
            let server = match holds {
                Some(holds) => {
                    format!("The server holds {}; how much more is not known", rate(holds))
                }
                None => "Nothing is known of the server".to_owned(),
            };
            format!(
                "{server}: at {} the load generator itself missed its schedule, so the generator \
                 is the limit. Give it a faster machine, or one of its own.",
                rate(at)
            )
        }
    }
}

fn exit(found: Option<HighestRate>) -> Exit {
    match found {
        Some(HighestRate::Between { .. }) => Exit::Pass,
        Some(HighestRate::NotEven(_)) => Exit::Fail,
        Some(HighestRate::GeneratorLimit { .. }) | None => Exit::Inconclusive,
    }
}

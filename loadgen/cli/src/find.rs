//! `--find-max`: the highest rate that the server bears, by steps of an open load.

use std::io;
use std::time::{Duration, Instant, SystemTime};

use brunt_scenarios::units::Rate;

use super::perform::{job, wait};
use super::settings::{Format, Settings};
use super::told::{Searched, Told};
use super::watch::Watcher;
use super::{Exit, Output, SiegeError, Summary, curve, outputs};
use crate::limit::{Found, Next, Search, Slo, Step};
use brunt_loadgen::start;

/// The first rate, unless `--rate` names one.
const FIRST: f64 = 100.0;
/// The share of a step that is not judged: connections are opened in it.
const WARMING_UP: f64 = 0.2;

/// Searches, tells of each step and of what was found, and writes what was asked for.
pub(super) fn find(
    settings: &Settings,
    slo: &Slo,
    output: Output<'_>,
) -> Result<Summary, SiegeError> {
    let Output { out, err, page, .. } = output;
    let files = outputs::open(&settings.outputs, page.is_some())?;
    let tells = settings.showing().speaks();
    if tells {
        writeln!(
            err,
            "** brunt {}\n** Searching for the highest rate that holds {slo}.",
            env!("CARGO_PKG_VERSION")
        )?;
    }
    let began = SystemTime::now();
    let (steps, found) = search(settings, slo, &mut |step| match tells {
        true => writeln!(err, "{}", curve::line(step, slo)),
        false => Ok(()),
    })?;
    let limits = slo.latency.iter().map(|(_, name, most)| (name.clone(), *most)).collect();
    let searched = Searched {
        conclusion: conclusion(found),
        slo: slo.to_string(),
        limits,
        exit: exit(found),
        steps,
    };
    if settings.format == Format::Json {
        out.write_all(curve::json(&searched, found).as_bytes())?;
    } else if tells {
        write!(err, "\n{}\n{}\n", curve::text(&searched.steps, slo), searched.conclusion)?;
    }
    let told = Told::search(settings, &searched, began);
    outputs::write(files, &told, page, (out, err))?;
    Ok(Summary { findings: None, ended: Some(searched.exit) })
}

/// All steps, and what they came to; `None` when it was ended early.
fn search(
    settings: &Settings,
    slo: &Slo,
    tell: &mut dyn FnMut(&Step) -> io::Result<()>,
) -> Result<(Vec<Step>, Option<Found>), SiegeError> {
    let mut search = Search::new(settings.rate.map_or(FIRST, Rate::per_second));
    let mut steps = Vec::new();
    loop {
        let rate = match search.next() {
            Next::Done(found) => return Ok((steps, Some(found))),
            Next::Try(rate) => rate,
        };
        let Some(step) = step(settings, slo, rate)? else { return Ok((steps, None)) };
        tell(&step)?;
        search.tell(rate, step.came());
        steps.push(step);
    }
}

/// Puts one rate on; `None` when it was ended early.
fn step(settings: &Settings, slo: &Slo, rate: f64) -> Result<Option<Step>, SiegeError> {
    let job = job(settings, Some(rate)).ok_or(SiegeError::Endless)?;
    let lasts = job.bound.time().unwrap_or(Duration::ZERO);
    let running = start(vec![job], Instant::now(), 0)?;
    let mut nobody = Watcher::nobody();
    if wait(&running, &mut nobody, &mut || Ok(()), &mut io::sink())? {
        return Ok(None);
    }
    let outcome = running.outcomes().into_iter().next().ok_or(SiegeError::NoUrl)?;
    // Whole windows only; a short step is all judged.
    let window = outcome.record.window;
    let after = (lasts.as_secs_f64() * WARMING_UP / window).floor() * window;
    Ok(Some(Step::of(rate, &outcome.record, slo, after)))
}

fn conclusion(found: Option<Found>) -> String {
    let rate = curve::rate;
    match found {
        None => "Ended early: the highest rate is not known.".to_owned(),
        Some(Found::Between { holds, breaks }) => format!(
            "The highest rate that holds is {}: it held twice, and {} broke in two of three steps.",
            rate(holds),
            rate(breaks)
        ),
        Some(Found::NotEven(least)) => format!("Not even {} holds.", rate(least)),
        Some(Found::GeneratorLimit { holds, at }) => {
            let server = match holds {
                Some(holds) => {
                    format!("The server holds {}; how much more is not known", rate(holds))
                }
                None => "Nothing is known of the server".to_owned(),
            };
            format!(
                "{server}: at {} the load generator itself missed its schedule, so the generator is the limit. Give it a \
                 faster machine, or one of its own.",
                rate(at)
            )
        }
    }
}

fn exit(found: Option<Found>) -> Exit {
    match found {
        Some(Found::Between { .. }) => Exit::Fine,
        Some(Found::NotEven(_)) => Exit::Below,
        Some(Found::GeneratorLimit { .. }) | None => Exit::Inconclusive,
    }
}

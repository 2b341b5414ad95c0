//! A load, from its options or its file to its summary.

mod job;
mod load_file;
mod monitor;
mod wait;

use std::io::Write;
use std::sync::mpsc::sync_channel;
use std::time::{Instant, SystemTime};

use brunt_loadgen::{Bound, LoadOutcome, start};

pub(crate) use job::load_job;
pub(crate) use load_file::load_file;
pub(crate) use monitor::LoadMonitor;
pub(crate) use wait::wait;

use crate::args::{Settings, Verbosity};
use crate::error::LoadCliError;
use crate::export::{self, MetricsPush};
use crate::output::{CommandResult, LoadOutput, LoadSummary, print_hits, print_summary};
use crate::streams::OutputStreams;
use monitor::view_config;

/// How many replies may wait to be printed. The engine leaves out what does not fit rather than
/// wait, so a slow terminal cannot slow the load.
const WAITING_HITS: usize = 1 << 16;

/// Puts a load on, prints its summary, and writes its exports.
pub(crate) fn run(
    settings: &Settings,
    command: &str,
    streams: OutputStreams<'_>,
) -> Result<CommandResult, LoadCliError> {
    let (sender, hits) = sync_channel(WAITING_HITS);
    let mut job = load_job(settings, None).ok_or(LoadCliError::Endless)?;
    let requests = job.requests.clone();
    job.observer = (settings.detail == Verbosity::Hits).then_some(sender);
    let exports = export::open(&settings.outputs)?;
    print_banner(settings, streams.err)?;
    let monitor = LoadMonitor::new(settings.display(), view_config(settings), &streams)?;
    let OutputStreams { out, err, .. } = streams;
    let began = SystemTime::now();
    let mut monitor = monitor.with_push(MetricsPush::new(&settings.outputs, began)?);
    let running = start(vec![job], Instant::now(), 0)?;
    let waited = wait(&running, &mut monitor, &mut || print_hits(&hits, &requests, out), err);
    // The terminal is given back before anything else is printed.
    let finished = monitor.finish(err);
    waited?;
    finished?;
    let outcomes = running.outcomes();
    // One job has one outcome, unless all of its threads failed.
    let outcome = outcomes.first().ok_or(LoadCliError::NoUrl)?;
    print_hits(&hits, &requests, out)?;
    let summary = LoadSummary::new(outcome, settings);
    let output = load_output(settings, &summary, &outcomes, (began, command.to_owned()));
    // The summary and each of the files are written whatever becomes of the others.
    let printed =
        print_end(settings, err).and_then(|()| print_summary(settings, &summary, (out, err)));
    let written = export::write(exports, &output, (out, err));
    printed.and(written)?;
    Ok(CommandResult::of_summary(summary))
}

fn load_output<'a>(
    settings: &Settings,
    summary: &LoadSummary,
    outcomes: &'a [LoadOutcome],
    (began, command): (SystemTime, String),
) -> LoadOutput<'a> {
    LoadOutput {
        what: settings.requests_in_words(),
        how: settings.load_in_words(),
        command,
        began,
        outcomes,
        limit_results: summary.limit_results.clone(),
        exit: summary.exit(),
        search: None,
    }
}

/// What is about to happen. With `--siege` it is siege's banner: who reads siege's output by its
/// lines finds them there.
fn print_banner(settings: &Settings, err: &mut dyn Write) -> Result<(), LoadCliError> {
    if !settings.display().prints_text() {
        return Ok(());
    }
    if !settings.has_siege_banner {
        let (what, how) = (settings.requests_in_words(), settings.load_in_words());
        writeln!(err, "{what}: {how}")?;
        for note in &settings.notes {
            writeln!(err, "Note: {note}")?;
        }
        return Ok(());
    }
    writeln!(err, "** brunt {}", env!("CARGO_PKG_VERSION"))?;
    match settings.rate {
        None => writeln!(err, "** Preparing {} concurrent users for battle.", settings.users)?,
        Some(rate) => writeln!(err, "** Preparing {rate} for battle.")?,
    }
    for note in &settings.notes {
        writeln!(err, "** {note}")?;
    }
    Ok(writeln!(err, "The server is now under siege...")?)
}

/// The line between the banner and the summary; siege prints its own for timed loads only.
fn print_end(settings: &Settings, err: &mut dyn Write) -> Result<(), LoadCliError> {
    if !settings.display().prints_text() {
        return Ok(());
    }
    let is_timed = settings.has_siege_banner && settings.bound.and_then(Bound::time).is_some();
    Ok(write!(err, "\n{}", if is_timed { "Lifting the server siege...\n" } else { "" })?)
}

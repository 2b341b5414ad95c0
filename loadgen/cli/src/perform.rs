//! A siege from its settings to its summary.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant, SystemTime};

use brunt_scenarios::plan::{Arrival, ExpectedResponse, Ramp};
use brunt_scenarios::units::Rate;
use tokio::signal::unix::{SignalKind, signal};

use super::exports::Exports;
use super::settings::{Detail, Format, Settings};
use super::summary::Summary;
use super::told::Told;
use super::watch::{self, Watcher};
use super::{Output, SiegeError, hits, json, log, outputs, text};
use brunt_loadgen::Script;
use brunt_loadgen::{Bound, CONNECTIONS, Job, Portion};
use brunt_loadgen::{Running, start};

/// How long requests in flight at the end are waited for, unless their timeout is shorter.
const DRAIN: Duration = Duration::from_secs(5);
/// How many hits may wait to be printed.
const WAITING_HITS: usize = 1 << 16;
/// How often hits are printed and the end is looked for.
const TICK: Duration = Duration::from_millis(20);

/// Puts the load on, prints what comes of it, and writes its files.
pub(super) fn perform(settings: &Settings, output: Output<'_>) -> Result<Summary, SiegeError> {
    let (tell, told) = sync_channel(WAITING_HITS);
    let mut job = job(settings, None).ok_or(SiegeError::Endless)?;
    let requests = job.requests.clone();
    job.observer = (settings.detail == Detail::Hits).then_some(tell);
    let files = outputs::open(&settings.outputs, output.page.is_some())?;
    announce(settings, output.err)?;
    let watcher = Watcher::new(settings.showing(), watch::setting(settings), &output)?;
    let Output { out, err, page, .. } = output;
    let began = SystemTime::now();
    let mut watcher = watcher.exporting(Exports::new(&settings.outputs, began)?);
    let running = start(vec![job], Instant::now(), 0)?;
    let waited = wait(&running, &mut watcher, &mut || hits::print(&told, &requests, out), err);
    // The terminal is given back before anything else is printed.
    let left = watcher.leave(err);
    waited?;
    left?;
    let outcomes = running.outcomes();
    let outcome = outcomes.first().ok_or(SiegeError::NoUrl)?;
    hits::print(&told, &requests, out)?;
    let summary = Summary::of(outcome, settings);
    // The summary and each of the files are written whatever becomes of the others.
    let reported = lift(settings, err).and_then(|()| report(settings, &summary, out, err));
    let written =
        outputs::write(files, &Told::load(settings, &summary, &outcomes, began), page, (out, err));
    reported.and(written)?;
    Ok(summary)
}

fn announce(settings: &Settings, err: &mut dyn Write) -> Result<(), SiegeError> {
    if !settings.showing().speaks() {
        return Ok(());
    }
    writeln!(err, "** brunt {}", env!("CARGO_PKG_VERSION"))?;
    match settings.rate {
        None => writeln!(err, "** Preparing {} concurrent users for battle.", settings.users)?,
        Some(rate) => writeln!(err, "** Preparing {rate} for battle.")?,
    }
    Ok(writeln!(err, "The server is now under siege...")?)
}

fn lift(settings: &Settings, err: &mut dyn Write) -> Result<(), SiegeError> {
    if !settings.showing().speaks() {
        return Ok(());
    }
    let is_timed = settings.bound.and_then(Bound::time).is_some();
    Ok(write!(err, "\n{}", if is_timed { "Lifting the server siege...\n" } else { "" })?)
}

/// Prints a summary where and how it was asked for.
pub(super) fn report(
    settings: &Settings,
    summary: &Summary,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), SiegeError> {
    let Some(result) = &summary.findings else { return Ok(()) };
    match (settings.format, settings.detail) {
        (Format::Json, _) => out.write_all(json::json(result).as_bytes())?,
        (Format::Text, Detail::Quiet) => {}
        (Format::Text, _) => {
            err.write_all(text::siege(&result.figures).as_bytes())?;
            err.write_all(text::ours(result).as_bytes())?;
        }
    }
    match &settings.log.file {
        Some(file) => log::append(file, settings.log.mark.as_deref(), &result.figures),
        None => Ok(()),
    }
}

/// The load that was asked for, or another rate of it.
pub(super) fn job(settings: &Settings, rate: Option<f64>) -> Option<Job> {
    let bound = settings.bound?;
    let arrival = match rate.or(settings.rate.map(Rate::per_second)) {
        None => Arrival::Closed { users: settings.users, think: (Duration::ZERO, settings.delay) },
        Some(rate) => {
            let steady = Ramp { from: rate, to: rate, lasts: bound.time()? };
            Arrival::Open { ramps: vec![steady] }
        }
    };
    Some(Job {
        name: "siege".to_owned(),
        requests: [settings.requests.as_slice(), &settings.logins].concat(),
        logins: settings.logins.len(),
        journeys: recorded(settings),
        order: settings.order,
        arrival,
        bound,
        warm_up: settings.warm_up,
        answer: ExpectedResponse::default(),
        key: None,
        timeout: settings.timeout,
        drain: DRAIN.min(settings.timeout),
        spin: settings.spin,
        portion: Portion::WHOLE,
        connections: settings.users_given.map_or(CONNECTIONS, |users| users as usize),
        reuse: settings.reuse,
        transport: settings.transport.clone(),
        observer: None,
    })
}

/// A recording with its pauses is a journey: each user makes all of its requests, one
/// after the other.
fn recorded(settings: &Settings) -> Option<Arc<Script>> {
    let pauses = &settings.pauses;
    (!pauses.is_empty())
        .then(|| Arc::new(Script::recorded(&settings.requests, pauses, settings.timeout)))
}

/// Waits for the end; ctrl-C, a request to terminate, or whoever watches ends it early.
/// Whether it was.
pub(super) fn wait(
    running: &Running,
    watcher: &mut Watcher,
    print: &mut dyn FnMut() -> io::Result<()>,
    err: &mut dyn Write,
) -> io::Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut stopped = false;
        let mut tick = tokio::time::interval(TICK);
        let mut terminated = signal(SignalKind::terminate())?;
        while !running.is_over() {
            tokio::select! {
                _ = tick.tick() => print()?,
                signal = tokio::signal::ctrl_c() => {
                    signal?;
                    stopped = true;
                }
                _ = terminated.recv() => stopped = true,
            }
            stopped |= watcher.look(running, err)?;
            if stopped {
                running.stop();
            }
        }
        Ok(stopped)
    })
}

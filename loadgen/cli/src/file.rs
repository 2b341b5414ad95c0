//! A load file: `brunt load FILE.yaml` puts its loads on, with their journeys, and judges their
//! thresholds.

mod claims;
mod text;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use brunt_scenarios::Source;
use brunt_scenarios::plan::LoadPlan;
use brunt_scenarios::scenario::{LoadFile, read_beside};
use brunt_scenarios::timeline::Schedule;

use super::exports::Exports;
use super::flags::Flags;
use super::perform::wait;
use super::rc::Rc;
use super::settings::{Action, Format, Given, text_of};
use super::table::{Flag, TABLE};
use super::watch::Watcher;
use super::{Exit, Output, SiegeError, Summary, Told, outputs};
use crate::view;
use brunt_loadgen::AbortWatch;
use brunt_loadgen::LoadOutcome;
use brunt_loadgen::start;
use brunt_loadgen::{Job, Portion, Setting, Transport};

/// Between two looks at the share of errors.
const LOOK: Duration = Duration::from_millis(250);

/// Options that a load file leaves open.
const MEANINGFUL: [Flag; 17] = [
    Flag::Quiet,
    Flag::Json,
    Flag::Out,
    Flag::View,
    Flag::NoView,
    Flag::CaCert,
    Flag::Cert,
    Flag::Key,
    Flag::ServerName,
    Flag::Insecure,
    Flag::Http2,
    Flag::H2c,
    Flag::Streams,
    Flag::Proxy,
    Flag::NoFollow,
    Flag::NoParser,
    Flag::Verbose,
];

/// The load file among the operands, if there is one.
pub(super) fn named(flags: &Flags) -> Option<&str> {
    let [only] = flags.operands.as_slice() else { return None };
    let is_file =
        [".yaml", ".yml"].iter().any(|ending| only.ends_with(ending)) && !only.contains("://");
    is_file.then_some(only)
}

/// Puts its loads on, tells what came of them, and writes what was asked for.
pub(super) fn run(flags: Flags, file: &str, output: Output<'_>) -> Result<Summary, SiegeError> {
    refuse_foreign(&flags)?;
    let plan = plan(file)?;
    let given = Given { flags, rc: Rc::default() };
    let (showing, wanted) = (given.showing(), given.outputs(Action::Load)?);
    let jobs = jobs(&plan, &given.transport()?)?;
    let files = outputs::open(&wanted, output.page.is_some())?;
    let watcher = Watcher::new(showing, shown(&plan, file), &output)?;
    let Output { out, err, page, .. } = output;
    if showing.speaks() {
        write!(err, "{}", text::announced(&plan, file))?;
    }
    let began = SystemTime::now();
    let watcher = watcher.exporting(Exports::new(&wanted, began)?);
    let (outcomes, aborted) = put_on(jobs, &plan, watcher, err)?;
    let claims = claims::of(&plan, &outcomes);
    let exit = exit(&outcomes, &claims, aborted.is_some());
    let (what, how) = (plan.name.clone().unwrap_or_else(|| file.to_owned()), text::how(&plan));
    let told = Told { what, how, began, outcomes: &outcomes, claims, exit, searched: None };
    // The files are written whatever becomes of the text.
    let reported = match showing.format {
        Format::Json => out.write_all(outputs::json(&told).as_bytes()),
        Format::Text if showing.speaks() => {
            write!(err, "{}", text::told(&told, aborted.as_deref()))
        }
        Format::Text => Ok(()),
    };
    let written = outputs::write(files, &told, page, (out, err));
    reported.map_err(SiegeError::from).and(written)?;
    Ok(Summary { findings: None, ended: Some(exit) })
}

/// Options that say what the file says are a mistake.
pub(super) fn refuse_foreign(flags: &Flags) -> Result<(), SiegeError> {
    let Some((foreign, _)) = flags.given.iter().find(|(flag, _)| !MEANINGFUL.contains(flag)) else {
        return Ok(());
    };
    let spelling = TABLE.iter().find(|spelling| spelling.flag == *foreign);
    Err(SiegeError::NotWithFile(spelling.map_or("", |spelling| spelling.long)))
}

fn jobs(plan: &LoadPlan, transport: &Transport) -> Result<Vec<Job>, SiegeError> {
    let values = BTreeMap::new();
    let url = |base: &str| Some(base.to_owned());
    let setting = Setting { url: &url, values: &values, transport, portion: Portion::WHOLE };
    let job = |load| Ok(Job::from_plan(load, &setting)?);
    plan.loads.iter().map(job).collect()
}

/// What came of each load, and why they were ended early, if they were.
fn put_on(
    jobs: Vec<Job>,
    plan: &LoadPlan,
    mut watcher: Watcher,
    err: &mut dyn Write,
) -> Result<(Vec<LoadOutcome>, Option<String>), SiegeError> {
    let running = start(jobs, Instant::now(), 0)?;
    let mut abort = Abort::new(plan);
    let look = &mut || {
        abort.look(&running);
        Ok(())
    };
    let waited = wait(&running, &mut watcher, look, err);
    // The terminal is given back before anything else is printed.
    let left = watcher.leave(err);
    waited?;
    left?;
    Ok((running.outcomes(), abort.why))
}

/// Reads and checks it, with its feeds.
fn plan(file: &str) -> Result<LoadPlan, SiegeError> {
    let source = Source::new(file, text_of(file)?);
    let wrong = |problems: Vec<brunt_scenarios::Diagnostic>| {
        SiegeError::LoadFile(problems.iter().map(ToString::to_string).collect())
    };
    let mut written: LoadFile = source.parse().map_err(|problem| wrong(vec![*problem]))?;
    let folder = Path::new(file).parent().unwrap_or(Path::new("")).to_owned();
    read_beside(&mut written.load, &source, |name| std::fs::read_to_string(folder.join(name)))
        .map_err(wrong)?;
    LoadPlan::check(&written, &source).map_err(wrong)
}

fn shown(plan: &LoadPlan, file: &str) -> view::Setting {
    view::Setting {
        what: plan.name.clone().unwrap_or_else(|| file.to_owned()),
        how: text::how(plan),
        lasts: Some(plan.ends()),
        requests: None,
    }
}

/// Ends the loads when they go too far wrong.
struct Abort {
    watch: Option<AbortWatch>,
    next: Instant,
    why: Option<String>,
}

impl Abort {
    fn new(plan: &LoadPlan) -> Self {
        Self { watch: plan.abort_when.map(AbortWatch::new), next: Instant::now(), why: None }
    }

    fn look(&mut self, running: &brunt_loadgen::Running) {
        let (Some(watch), now) = (&mut self.watch, Instant::now()) else { return };
        if now < self.next || self.why.is_some() {
            return;
        }
        self.next = now + LOOK;
        let snapshot = running.snapshot();
        let sum = |of: fn(&brunt_loadgen::Totals) -> u64| {
            snapshot.loads.iter().map(|load| of(&load.totals)).sum()
        };
        self.why = watch.look(now, sum(|totals| totals.ok), sum(brunt_loadgen::Totals::failures));
        if self.why.is_some() {
            running.stop();
        }
    }
}

/// As a siege's: figures that say nothing come before figures that are bad.
fn exit(outcomes: &[LoadOutcome], claims: &[crate::limit::Claim], aborted: bool) -> Exit {
    let missed = |outcome: &LoadOutcome| matches!(outcome.record.schedule, Schedule::Missed(_));
    let replies: u64 = outcomes.iter().map(|outcome| outcome.totals.replies).sum();
    match () {
        () if aborted => Exit::Aborted,
        () if outcomes.iter().any(missed) => Exit::Inconclusive,
        () if claims.iter().any(|claim| !claim.holds) => Exit::Below,
        () if replies == 0 => Exit::Inconclusive,
        () => Exit::Fine,
    }
}

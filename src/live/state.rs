//! What the live page shows: the run in progress, or the last report.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use brunt_faults::Observed;
use brunt_loadgen::{Snapshot, Totals};
use brunt_reports::{Origin, Outcome, RenderError, Report, Verdict, live_frame};
use brunt_scenarios::plan::Plan;
use brunt_scenarios::timeline::{
    Ending, Event, FaultRecord, LoadRecord, Moment, Schedule, SparseHistogram, Timeline, Window,
};

/// What the page shows now.
#[derive(Default)]
pub struct PageState {
    run: Option<CurrentRun>,
    /// The last run's report as HTML, until another run begins.
    report: Option<Arc<str>>,
    phase: String,
    /// Rises with every change.
    pub version: u64,
    /// Whether this was the last run.
    pub last: bool,
}

/// A copy of the state at one moment, so that the runner does not wait while it is rendered.
pub struct PageView {
    what: PageContent,
    /// What the run does now, as a sentence.
    pub phase: String,
    /// Version of the state that it was copied from.
    pub version: u64,
    /// Whether no other view will follow.
    pub last: bool,
}

enum PageContent {
    Nothing,
    Running { report: Box<Report>, planned: f64 },
    Done(Arc<str>),
}

impl PageView {
    /// Renders the view.
    pub fn html(&self) -> Result<String, RenderError> {
        match &self.what {
            PageContent::Running { report, planned } => live_frame(report, &self.phase, *planned),
            PageContent::Done(page) => Ok(page.to_string()),
            PageContent::Nothing => Ok("<p>No run has begun yet.</p>".to_owned()),
        }
    }
}

/// The run in progress.
struct CurrentRun {
    report: Report,
    /// Planned end of load and faults, in seconds after the load's start.
    planned: f64,
    /// The start of the load, which is the clock's zero.
    origin: Option<Instant>,
    begun: Instant,
    seen: Vec<Observed>,
    /// Indexes of the timeline's faults that have not ended.
    open: Vec<usize>,
    /// For each load: the last second that was recorded, and the totals then.
    recorded: Vec<(u64, Totals)>,
}

impl PageState {
    /// Shows a run that begins, in place of the last report.
    pub fn begin(&mut self, plan: &Plan, origin: Origin) {
        let verdict = Verdict { outcome: Outcome::Inconclusive, findings: vec![] };
        let report = Report::new(plan, verdict, Timeline::empty(Ending::Completed), origin);
        let planned = plan.load_ends().max(plan.faults_end()).as_secs_f64();
        self.run = Some(CurrentRun {
            report,
            planned,
            origin: None,
            begun: Instant::now(),
            seen: vec![],
            open: vec![],
            recorded: vec![],
        });
        self.report = None;
        "The system starts.".clone_into(&mut self.phase);
    }

    /// The load starts at this moment, which may be a little ahead.
    pub fn load_starts(&mut self, origin: Instant) {
        if let Some(run) = &mut self.run {
            run.origin = Some(origin);
        }
        self.update_phase();
    }

    pub fn observed(&mut self, one: &Observed) {
        if let Some(run) = &mut self.run {
            run.seen.push(one.clone());
        }
    }

    pub fn fault_begins(&mut self, at: Moment, name: &str, services: Vec<String>, lasts: bool) {
        if let Some(run) = &mut self.run {
            let faults = &mut run.report.timeline.faults;
            if lasts {
                run.open.push(faults.len());
            }
            // Whether the fault has an effect is known at its end.
            faults.push(FaultRecord {
                name: name.to_owned(),
                services,
                start: at,
                end: at,
                in_force: None,
                asked: None,
                effect: 1,
                trouble: None,
            });
        }
        self.update_phase();
    }

    pub fn fault_ends(&mut self, at: Moment, name: &str) {
        if let Some(run) = &mut self.run {
            let faults = &mut run.report.timeline.faults;
            if let Some(place) = run.open.iter().position(|one| faults[*one].name == name) {
                faults[run.open.remove(place)].end = at;
            }
        }
        self.update_phase();
    }

    pub fn load(&mut self, snapshot: &Snapshot) {
        if let Some(run) = &mut self.run {
            run.load(snapshot);
        }
        self.update_phase();
    }

    /// Shows the report of the run that is over.
    pub fn done(&mut self, outcome: Outcome, page: Option<String>) {
        self.run = None;
        self.report = page.map(Into::into);
        self.phase = format!("The run is over: {outcome}.");
    }

    pub fn view(&self) -> PageView {
        let what = match (&self.run, &self.report) {
            (Some(run), _) => PageContent::Running {
                report: Box::new(run.report_until_now()),
                planned: run.planned,
            },
            (None, Some(report)) => PageContent::Done(Arc::clone(report)),
            (None, None) => PageContent::Nothing,
        };
        PageView { what, phase: self.phase.clone(), version: self.version, last: self.last }
    }

    fn update_phase(&mut self) {
        let Some(run) = &self.run else { return };
        let faults = &run.report.timeline.faults;
        let open: Vec<&str> = run.open.iter().map(|place| faults[*place].name.as_str()).collect();
        self.phase = match (open.is_empty(), run.now() < run.planned) {
            (false, _) => format!("Under load, with a fault: {}.", open.join("; ")),
            (true, true) => "Under load.".to_owned(),
            (true, false) => "Load and faults are over; brunt checks the results.".to_owned(),
        };
    }
}

impl CurrentRun {
    /// Seconds after the load's start.
    fn now(&self) -> f64 {
        Moment::between(self.origin.unwrap_or(self.begun), Instant::now()).0
    }

    fn load(&mut self, snapshot: &Snapshot) {
        let loads = &mut self.report.timeline.loads;
        if loads.is_empty() {
            loads.extend(snapshot.loads.iter().map(|load| record(&load.name)));
            self.recorded = vec![Default::default(); loads.len()];
        }
        for (place, load) in snapshot.loads.iter().enumerate() {
            let (Some(record), Some(recorded)) =
                (loads.get_mut(place), self.recorded.get_mut(place))
            else {
                continue;
            };
            let number = load.second.number;
            // Snapshots are more frequent than seconds.
            if number <= recorded.0 {
                continue;
            }
            // A second without a snapshot still needs its place on the time axis.
            while record.windows.len() as u64 + 1 < number {
                record.windows.push(empty(record.windows.len()));
            }
            record.windows.push(window(
                number,
                &recorded.1,
                &load.totals,
                load.second.latency.clone(),
            ));
            *recorded = (number, load.totals.clone());
        }
    }

    /// The report as if the run ended now.
    fn report_until_now(&self) -> Report {
        let mut report = self.report.clone();
        let now = Moment(self.now());
        let timeline = &mut report.timeline;
        timeline.ended = if self.origin.is_some() { now } else { Moment(0.0) };
        self.open.iter().for_each(|place| timeline.faults[*place].end = now);
        // Before the load starts there is no zero yet; all events so far will be before it.
        let zero = self.origin.unwrap_or_else(Instant::now);
        let event = |one: &Observed| Event {
            at: Moment::between(zero, one.when),
            service: one.service.clone(),
            replica: one.replica,
            what: one.what.clone(),
        };
        timeline.events = self.seen.iter().map(event).collect();
        timeline.events.sort_by(|a, b| a.at.0.total_cmp(&b.at.0));
        report
    }
}

fn record(name: &str) -> LoadRecord {
    LoadRecord {
        name: name.to_owned(),
        windows: vec![],
        window: 1.0,
        service_time: SparseHistogram::default(),
        lag: SparseHistogram::default(),
        schedule: Schedule::Kept,
        journeys: vec![],
        accepted: vec![],
        unknown: 0,
    }
}

fn empty(place: usize) -> Window {
    Window { start: place as f64, ..Window::default() }
}

/// The requests that were completed since the last second that was recorded.
fn window(number: u64, before: &Totals, now: &Totals, latency: SparseHistogram) -> Window {
    let more =
        |kind, count: &u64| count.saturating_sub(before.failed.get(kind).copied().unwrap_or(0));
    let failed = now.failed.iter().map(|(kind, count)| (*kind, more(kind, count)));
    Window {
        start: number as f64 - 1.0,
        ok: now.ok.saturating_sub(before.ok),
        failed: failed.filter(|(_, count)| *count > 0).collect::<BTreeMap<_, _>>(),
        latency,
        ..Window::default()
    }
}

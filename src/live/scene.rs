//! What is to be seen of a run, as far as it has come.

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

/// What is to be seen.
#[derive(Default)]
pub struct Scene {
    run: Option<Run>,
    /// The last report, once there is one; until another run begins.
    report: Option<Arc<str>>,
    phase: String,
    /// One more with every change.
    pub version: u64,
    /// No other run will follow.
    pub last: bool,
}

/// A scene at one moment, taken out so that nobody waits while a page is made of it.
pub struct View {
    what: What,
    /// What is going on, in a sentence.
    pub phase: String,
    /// The scene's version.
    pub version: u64,
    /// No other will follow.
    pub last: bool,
}

enum What {
    Nothing,
    Running { report: Box<Report>, planned: f64 },
    Done(Arc<str>),
}

impl View {
    /// As HTML.
    pub fn html(&self) -> Result<String, RenderError> {
        match &self.what {
            What::Running { report, planned } => live_frame(report, &self.phase, *planned),
            What::Done(page) => Ok(page.to_string()),
            What::Nothing => Ok("<p>No run has begun yet.</p>".to_owned()),
        }
    }
}

/// A run that goes on.
struct Run {
    report: Report,
    /// When the load is planned to end, in seconds.
    planned: f64,
    /// The clock's zero, once it is known.
    origin: Option<Instant>,
    begun: Instant,
    seen: Vec<Observed>,
    /// Faults that have begun and not ended, by their places in the timeline.
    open: Vec<usize>,
    /// Of each load: the last second that was noted, and the totals then.
    noted: Vec<(u64, Totals)>,
}

impl Scene {
    /// A run begins.
    pub fn begin(&mut self, plan: &Plan, origin: Origin) {
        let verdict = Verdict { outcome: Outcome::Inconclusive, findings: vec![] };
        let report = Report::new(plan, verdict, Timeline::empty(Ending::Completed), origin);
        let planned = plan.load_ends().max(plan.faults_end()).as_secs_f64();
        self.run = Some(Run {
            report,
            planned,
            origin: None,
            begun: Instant::now(),
            seen: vec![],
            open: vec![],
            noted: vec![],
        });
        self.report = None;
        "The system comes up.".clone_into(&mut self.phase);
    }

    /// The load starts, or is about to.
    pub fn load_starts(&mut self, origin: Instant) {
        if let Some(run) = &mut self.run {
            run.origin = Some(origin);
        }
        self.say_phase();
    }

    /// Something happened to a service.
    pub fn observed(&mut self, one: &Observed) {
        if let Some(run) = &mut self.run {
            run.seen.push(one.clone());
        }
    }

    /// A fault begins.
    pub fn fault_begins(&mut self, at: Moment, name: &str, services: Vec<String>, lasts: bool) {
        if let Some(run) = &mut self.run {
            let faults = &mut run.report.timeline.faults;
            if lasts {
                run.open.push(faults.len());
            }
            // Whether it hits anything is known at its end.
            faults.push(FaultRecord {
                name: name.to_owned(),
                services,
                start: at,
                end: at,
                effect: 1,
                trouble: None,
            });
        }
        self.say_phase();
    }

    /// A fault is over.
    pub fn fault_ends(&mut self, at: Moment, name: &str) {
        if let Some(run) = &mut self.run {
            let faults = &mut run.report.timeline.faults;
            if let Some(place) = run.open.iter().position(|one| faults[*one].name == name) {
                faults[run.open.remove(place)].end = at;
            }
        }
        self.say_phase();
    }

    /// How the load goes.
    pub fn load(&mut self, snapshot: &Snapshot) {
        if let Some(run) = &mut self.run {
            run.load(snapshot);
        }
        self.say_phase();
    }

    /// The run is over.
    pub fn done(&mut self, outcome: Outcome, page: Option<String>) {
        self.run = None;
        self.report = page.map(Into::into);
        self.phase = format!("The run is over: {outcome}.");
    }

    /// All of it, as it is now.
    pub fn view(&self) -> View {
        let what = match (&self.run, &self.report) {
            (Some(run), _) => {
                What::Running { report: Box::new(run.report_until_now()), planned: run.planned }
            }
            (None, Some(report)) => What::Done(Arc::clone(report)),
            (None, None) => What::Nothing,
        };
        View { what, phase: self.phase.clone(), version: self.version, last: self.last }
    }

    fn say_phase(&mut self) {
        let Some(run) = &self.run else { return };
        let faults = &run.report.timeline.faults;
        let open: Vec<&str> = run.open.iter().map(|place| faults[*place].name.as_str()).collect();
        self.phase = match (open.is_empty(), run.now() < run.planned) {
            (false, _) => format!("Under load, with a fault: {}.", open.join("; ")),
            (true, true) => "Under load.".to_owned(),
            (true, false) => {
                "Load and faults are over; brunt looks at what became of it.".to_owned()
            }
        };
    }
}

impl Run {
    /// Seconds after the load's start.
    fn now(&self) -> f64 {
        Moment::between(self.origin.unwrap_or(self.begun), Instant::now()).0
    }

    fn load(&mut self, snapshot: &Snapshot) {
        let loads = &mut self.report.timeline.loads;
        if loads.is_empty() {
            loads.extend(snapshot.loads.iter().map(|load| record(&load.name)));
            self.noted = vec![Default::default(); loads.len()];
        }
        for (place, load) in snapshot.loads.iter().enumerate() {
            let (Some(record), Some(noted)) = (loads.get_mut(place), self.noted.get_mut(place))
            else {
                continue;
            };
            let number = load.second.number;
            if number <= noted.0 {
                continue;
            }
            while record.windows.len() as u64 + 1 < number {
                record.windows.push(empty(record.windows.len()));
            }
            record.windows.push(window(
                number,
                &noted.1,
                &load.totals,
                load.second.latency.clone(),
            ));
            *noted = (number, load.totals.clone());
        }
    }

    /// As a report that ends now.
    fn report_until_now(&self) -> Report {
        let mut report = self.report.clone();
        let now = Moment(self.now());
        let timeline = &mut report.timeline;
        timeline.ended = if self.origin.is_some() { now } else { Moment(0.0) };
        self.open.iter().for_each(|place| timeline.faults[*place].end = now);
        // Until the load starts, what has happened lies before zero all the same.
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

/// What was completed since the last second that was noted.
fn window(number: u64, before: &Totals, now: &Totals, latency: SparseHistogram) -> Window {
    let more =
        |kind, count: &u64| count.saturating_sub(before.failed.get(kind).copied().unwrap_or(0));
    let failed = now.failed.iter().map(|(kind, count)| (*kind, more(kind, count)));
    Window {
        start: number as f64 - 1.0,
        ok: now.ok.saturating_sub(before.ok),
        failed: failed.filter(|(_, count)| *count > 0).collect::<BTreeMap<_, _>>(),
        latency,
    }
}

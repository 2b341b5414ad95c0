//! What a run prints on standard error while it is in progress: a line that is updated on a
//! terminal, a line now and then elsewhere, nothing with `--quiet`.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use brunt_faults::Observed;
use brunt_loadgen::Snapshot;
use brunt_reports::{Origin, counted};
use brunt_scenarios::plain_text::printable;
use brunt_scenarios::plan::{Arrival, Fault, Load, Plan};
use brunt_scenarios::timeline::Moment;
use brunt_scenarios::units::Period;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console::{self, errln};
use crate::live::LivePage;
use crate::secrets;

// Seconds between two lines about the load where there is no terminal, so that the log of a CI
// job stays readable.
const LINE_INTERVAL: f64 = 5.0;

/// Shows a run in progress. Cheap to clone; all clones share one display.
#[derive(Clone)]
pub struct RunProgress {
    display: Arc<Display>,
    live: Option<LivePage>,
    /// The loads of the plan.
    loads: Arc<[PlannedLoad]>,
}

/// When a load has something to send.
struct PlannedLoad {
    name: String,
    arrival: Arrival,
    lasts: f64,
}

enum Display {
    Quiet,
    Lines { next: Mutex<f64> },
    Bar { bar: ProgressBar },
}

impl RunProgress {
    /// A display that prints nothing.
    pub fn quiet() -> Self {
        Self { display: Arc::new(Display::Quiet), live: None, loads: Arc::new([]) }
    }

    /// A bar if standard error is a terminal for people, else lines.
    pub fn on_stderr() -> Self {
        if console::writes_json() || !std::io::stderr().is_terminal() {
            return Self {
                display: Arc::new(Display::Lines { next: Mutex::default() }),
                live: None,
                loads: Arc::new([]),
            };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
        bar.set_style(
            ProgressStyle::with_template("{spinner} {wide_msg}")
                .expect("the template is fixed, and valid"),
        );
        console::draw_bar(&bar);
        Self { display: Arc::new(Display::Bar { bar }), live: None, loads: Arc::new([]) }
    }

    /// Also shows the run on the live page, if one is served.
    pub fn and_on_page(self, live: Option<LivePage>, plan: &Plan, origin: Origin) -> Self {
        if let Some(live) = &live {
            live.update(|state| state.begin(plan, origin));
        }
        let loads = plan.loads.iter().map(PlannedLoad::of).collect();
        Self { live, loads, ..self }
    }

    /// All services have become ready.
    pub fn ready(&self, services: usize) {
        self.line(&format!("{} ready", counted(services as u64, "service")));
    }

    /// The load starts; `origin` is the zero of the run's clock.
    pub fn load_starts(&self, plan: &Plan, origin: Instant) {
        if let Some(live) = &self.live {
            live.update(|state| state.load_starts(origin));
        }
        if !plan.loads.is_empty() {
            let names: Vec<&str> = plan.loads.iter().map(|load| load.name.as_str()).collect();
            self.line(&format!("load for {}: {}", Period(plan.load_ends()), names.join(", ")));
        }
    }

    /// A change to a service, before or during the load, for the page's timeline.
    pub fn saw(&self, one: &Observed) {
        if let Some(live) = &self.live {
            live.update(|state| state.observed(one));
        }
    }

    /// A change to a service during the load.
    pub fn observed(&self, at: Moment, one: &Observed) {
        let replica = one.replica.map_or(String::new(), |number| format!("-{number}"));
        self.line(&format!("{:>7.2}s  {}{replica} {}", at.0, one.service, one.what));
    }

    pub fn fault_begins(&self, at: Moment, fault: &Fault) {
        let name = fault.kind.to_string();
        self.line(&format!("{:>7.2}s  fault: {name} begins", at.0));
        if let Some(live) = &self.live {
            let name = secrets::masked(&name);
            let services = fault.kind.touches().into_iter().map(str::to_owned).collect();
            live.update(|state| state.fault_begins(at, &name, services, fault.lasts.is_some()));
        }
    }

    pub fn fault_ends(&self, at: Moment, fault: &Fault) {
        let name = fault.kind.to_string();
        self.line(&format!("{:>7.2}s  fault: {name} ends", at.0));
        if let Some(live) = &self.live {
            let name = secrets::masked(&name);
            live.update(|state| state.fault_ends(at, &name));
        }
    }

    /// The load's figures so far.
    pub fn load(&self, snapshot: &Snapshot) {
        if let Some(live) = &self.live {
            live.update(|state| state.load(snapshot));
        }
        match &*self.display {
            Display::Quiet => {}
            Display::Bar { bar } => {
                bar.set_message(line_of(snapshot, &self.loads));
                bar.tick();
            }
            Display::Lines { next } => {
                let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                // Snapshots come several times a second.
                if snapshot.at >= *next {
                    *next = snapshot.at + LINE_INTERVAL;
                    errln!("{}", line_of(snapshot, &self.loads));
                }
            }
        }
    }

    /// Prints a line, unless the display is quiet.
    pub fn line(&self, text: &str) {
        match &*self.display {
            Display::Quiet => {}
            Display::Bar { .. } | Display::Lines { .. } => errln!("{text}"),
        }
    }

    /// Removes the bar.
    pub fn done(&self) {
        if matches!(&*self.display, Display::Bar { .. }) {
            console::remove_bar();
        }
    }
}

impl PlannedLoad {
    fn of(load: &Load) -> Self {
        let lasts = load.lasts.as_secs_f64();
        Self { name: load.name.clone(), arrival: load.arrival.clone(), lasts }
    }

    /// Whether anything was to be sent in the second with this number; the first is 1.
    fn was_due(&self, second: u64) -> bool {
        let (from, to) = (second.saturating_sub(1) as f64, second as f64);
        let Arrival::Open { ramps } = &self.arrival else { return from < self.lasts };
        let mut begins = 0.0;
        ramps.iter().any(|ramp| {
            let ends = begins + ramp.lasts.as_secs_f64();
            let is_now = begins < to && from < ends;
            begins = ends;
            is_now && ramp.from.max(ramp.to) > 0.0
        })
    }
}

fn line_of(snapshot: &Snapshot, planned: &[PlannedLoad]) -> String {
    let loads: Vec<String> = snapshot
        .loads
        .iter()
        .map(|load| {
            let (rate, totals) = (load.second.ok + load.second.failed, &load.totals);
            let plan = planned.iter().find(|plan| plan.name == load.name);
            let is_idle = plan.is_some_and(|plan| !plan.was_due(load.second.number));
            let p99 = load.second.quantile(0.99);
            let p99 = p99.map_or("-".to_owned(), |p99| format!("{:.0} ms", p99 * 1e3));
            // A rate of 0 would look like an outage.
            let now = match rate {
                // One that is over has no last second, as one that has just begun.
                0 if load.over || (is_idle && load.second.number > 0) => {
                    "nothing to send".to_owned()
                }
                0 if load.second.number == 0 => "just begun".to_owned(),
                _ => format!("{rate}/s, p99 {p99}"),
            };
            format!("{}: {now}, {} ok, {} failed", load.name, totals.ok, totals.failures())
        })
        .collect();
    printable(&secrets::masked(&format!("{:>7.2}s  {}", snapshot.at, loads.join(" | "))))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use brunt_loadgen::{LastSecond, LoadSnapshot};
    use brunt_scenarios::plan::Ramp;

    use super::*;

    fn shown(arrival: Arrival, second: LastSecond, over: bool) -> String {
        let planned = [PlannedLoad { name: "reads".to_owned(), arrival, lasts: 4.0 }];
        let name = "reads".to_owned();
        let loads = vec![LoadSnapshot { name, second, over, ..Default::default() }];
        line_of(&Snapshot { at: 5.0, loads }, &planned)
    }

    #[test]
    fn a_rate_of_nothing_is_shown_only_while_something_was_to_be_sent() {
        let ramp = |rate| Ramp { from: rate, to: rate, lasts: Duration::from_secs(2) };
        let open = || Arrival::Open { ramps: vec![ramp(0.0), ramp(5.0)] };
        let closed = || Arrival::Closed { users: 1, think: (Duration::ZERO, Duration::ZERO) };
        let of = |number| LastSecond { number, ..LastSecond::default() };
        for (arrival, second, wanted) in [
            (open(), of(0), "just begun"),
            (open(), of(2), "nothing to send"),
            (open(), of(3), "0/s, p99 -"),
            (open(), of(5), "nothing to send"),
            (closed(), of(4), "0/s, p99 -"),
            (closed(), of(5), "nothing to send"),
            (closed(), LastSecond { ok: 2, ..of(5) }, "2/s, p99 -"),
        ] {
            let line = shown(arrival, second, false);
            assert_eq!(line, format!("   5.00s  reads: {wanted}, 0 ok, 0 failed"));
        }
        let line = shown(closed(), of(0), true);
        assert_eq!(line, "   5.00s  reads: nothing to send, 0 ok, 0 failed");
    }
}

//! What a run shows while it goes on: one live line on a terminal, plain lines elsewhere, nothing
//! when asked for quiet.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use brunt_faults::Observed;
use brunt_loadgen::Snapshot;
use brunt_reports::Origin;
use brunt_scenarios::plan::{Fault, Plan};
use brunt_scenarios::timeline::Moment;
use brunt_scenarios::units::Period;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console::{self, errln};
use crate::live::Live;

/// Seconds between two lines about the load where there is no terminal.
const PLAIN_EVERY: f64 = 5.0;

/// Tells those who watch. Cheap to clone; all clones write to the same place.
#[derive(Clone)]
pub struct Progress {
    kind: Arc<Kind>,
    live: Option<Live>,
}

enum Kind {
    Quiet,
    Plain { next: Mutex<f64> },
    Live { bar: ProgressBar },
}

impl Progress {
    /// Says nothing.
    pub fn quiet() -> Self {
        Self { kind: Arc::new(Kind::Quiet), live: None }
    }

    /// Live on a terminal, plain lines elsewhere; always on stderr.
    pub fn on_stderr() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { kind: Arc::new(Kind::Plain { next: Mutex::default() }), live: None };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
        bar.set_style(
            ProgressStyle::with_template("{spinner} {wide_msg}")
                .expect("the template is fixed, and valid"),
        );
        console::draw_bar(&bar);
        Self { kind: Arc::new(Kind::Live { bar }), live: None }
    }

    /// Shows a run on a page as well.
    pub fn and_on_page(self, live: Option<Live>, plan: &Plan, origin: Origin) -> Self {
        if let Some(live) = &live {
            live.note(|scene| scene.begin(plan, origin));
        }
        Self { live, ..self }
    }

    /// The system has come up.
    pub fn ready(&self, services: usize) {
        self.line(&format!("{services} services ready"));
    }

    /// The load starts.
    pub fn load_starts(&self, plan: &Plan, origin: Instant) {
        if let Some(live) = &self.live {
            live.note(|scene| scene.load_starts(origin));
        }
        if !plan.loads.is_empty() {
            let names: Vec<&str> = plan.loads.iter().map(|load| load.name.as_str()).collect();
            self.line(&format!("load for {}: {}", Period(plan.load_ends()), names.join(", ")));
        }
    }

    /// Something happened to a service, before the load or during it.
    pub fn saw(&self, one: &Observed) {
        if let Some(live) = &self.live {
            live.note(|scene| scene.observed(one));
        }
    }

    /// Something happened to a service during the load.
    pub fn observed(&self, at: Moment, one: &Observed) {
        let replica = one.replica.map_or(String::new(), |number| format!("-{number}"));
        self.line(&format!("{:>7.2}s  {}{replica} {}", at.0, one.service, one.what));
    }

    /// A fault begins.
    pub fn fault_begins(&self, at: Moment, fault: &Fault) {
        let name = fault.kind.to_string();
        self.line(&format!("{:>7.2}s  fault: {name} begins", at.0));
        if let Some(live) = &self.live {
            let services = fault.kind.touches().into_iter().map(str::to_owned).collect();
            live.note(|scene| scene.fault_begins(at, &name, services, fault.lasts.is_some()));
        }
    }

    /// A fault ends.
    pub fn fault_ends(&self, at: Moment, fault: &Fault) {
        let name = fault.kind.to_string();
        self.line(&format!("{:>7.2}s  fault: {name} ends", at.0));
        if let Some(live) = &self.live {
            live.note(|scene| scene.fault_ends(at, &name));
        }
    }

    /// How the load goes.
    pub fn load(&self, snapshot: &Snapshot) {
        if let Some(live) = &self.live {
            live.note(|scene| scene.load(snapshot));
        }
        match &*self.kind {
            Kind::Quiet => {}
            Kind::Live { bar } => {
                bar.set_message(line_of(snapshot));
                bar.tick();
            }
            Kind::Plain { next } => {
                let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                if snapshot.at >= *next {
                    *next = snapshot.at + PLAIN_EVERY;
                    errln!("{}", line_of(snapshot));
                }
            }
        }
    }

    /// Something else to say.
    pub fn line(&self, text: &str) {
        match &*self.kind {
            Kind::Quiet => {}
            Kind::Live { .. } | Kind::Plain { .. } => errln!("{text}"),
        }
    }

    /// Takes the live line away.
    pub fn done(&self) {
        if matches!(&*self.kind, Kind::Live { .. }) {
            console::remove_bar();
        }
    }
}

fn line_of(snapshot: &Snapshot) -> String {
    let loads: Vec<String> = snapshot
        .loads
        .iter()
        .map(|load| {
            let p99 = load
                .second
                .quantile(0.99)
                .map_or("-".to_owned(), |p99| format!("{:.0} ms", p99 * 1e3));
            let (rate, totals) = (load.second.ok + load.second.failed, &load.totals);
            format!(
                "{}: {rate}/s, p99 {p99}, {} ok, {} failed",
                load.name,
                totals.ok,
                totals.failures()
            )
        })
        .collect();
    format!("{:>7.2}s  {}", snapshot.at, loads.join(" | "))
}

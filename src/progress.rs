//! What a run shows while it goes on: one live line on a terminal, plain lines elsewhere, nothing when asked for quiet.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};

use brunt_faults::Observed;
use brunt_loadgen::Snapshot;
use brunt_scenarios::plan::Plan;
use brunt_scenarios::timeline::Moment;
use brunt_scenarios::units::Period;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Seconds between two lines about the load where there is no terminal.
const PLAIN_EVERY: f64 = 5.0;

/// Tells those who watch. Cheap to clone; all clones write to the same place.
#[derive(Clone)]
pub struct Progress {
    kind: Arc<Kind>,
}

enum Kind {
    Quiet,
    Plain { next: Mutex<f64> },
    Live { bar: ProgressBar },
}

impl Progress {
    /// Says nothing.
    pub fn quiet() -> Self {
        Self { kind: Arc::new(Kind::Quiet) }
    }

    /// Live on a terminal, plain lines elsewhere; always on stderr.
    pub fn on_stderr() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { kind: Arc::new(Kind::Plain { next: Mutex::default() }) };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
        bar.set_style(
            ProgressStyle::with_template("{spinner} {wide_msg}").expect("the template is fixed, and valid"),
        );
        Self { kind: Arc::new(Kind::Live { bar }) }
    }

    /// The system has come up.
    pub fn ready(&self, services: usize) {
        self.line(&format!("{services} services ready"));
    }

    /// The load starts.
    pub fn load_starts(&self, plan: &Plan) {
        if !plan.loads.is_empty() {
            let names: Vec<&str> = plan.loads.iter().map(|load| load.name.as_str()).collect();
            self.line(&format!("load for {}: {}", Period(plan.load_ends()), names.join(", ")));
        }
    }

    /// Something happened to a service.
    pub fn observed(&self, at: Moment, one: &Observed) {
        let replica = one.replica.map_or(String::new(), |number| format!("-{number}"));
        self.line(&format!("{:>7.2}s  {}{replica} {}", at.0, one.service, one.what));
    }

    /// A fault begins or ends.
    pub fn fault(&self, at: Moment, name: &str, what: &str) {
        self.line(&format!("{:>7.2}s  fault: {name} {what}", at.0));
    }

    /// How the load goes.
    pub fn load(&self, snapshot: &Snapshot) {
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
                    eprintln!("{}", line_of(snapshot));
                }
            }
        }
    }

    /// Something else to say.
    pub fn line(&self, text: &str) {
        match &*self.kind {
            Kind::Quiet => {}
            Kind::Plain { .. } => eprintln!("{text}"),
            Kind::Live { bar } => bar.println(text),
        }
    }

    /// Takes the live line away.
    pub fn done(&self) {
        if let Kind::Live { bar } = &*self.kind {
            bar.finish_and_clear();
        }
    }
}

fn line_of(snapshot: &Snapshot) -> String {
    let loads: Vec<String> = snapshot
        .loads
        .iter()
        .map(|load| {
            let p99 = load.second.quantile(0.99).map_or("-".to_owned(), |p99| format!("{:.0} ms", p99 * 1e3));
            let (rate, totals) = (load.second.ok + load.second.failed, &load.totals);
            format!("{}: {rate}/s, p99 {p99}, {} ok, {} failed", load.name, totals.ok, totals.failures())
        })
        .collect();
    format!("{:>7.2}s  {}", snapshot.at, loads.join(" | "))
}

//! What a run is given, and the witness that notes what it sees.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use brunt_faults::Observed;
use brunt_scenarios::plan::Plan;
use brunt_scenarios::timeline::{Event, Moment};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::cli::PlatformArgs;
use crate::files::Planned;
use crate::progress::RunProgress;
use crate::target::Platform;

/// What a run is given.
pub struct Setting<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The files that the plan comes from.
    pub planned: &'a Planned,
    /// Where the system is.
    pub on: Platform,
    /// What was said of that place.
    pub place: &'a PlatformArgs,
    /// The seed of all chance.
    pub seed: u64,
    /// Who watches.
    pub progress: RunProgress,
}

/// Notes what happens to services, and knows when the load began.
#[derive(Clone)]
pub struct Witness {
    seen: Arc<Mutex<Vec<Observed>>>,
    phase: Arc<Mutex<Phase>>,
}

#[derive(Clone, Copy)]
enum Phase {
    /// All come up; the clock's zero is still to come.
    Before { begun: Instant },
    /// Zero is the start of the load.
    During { origin: Instant },
    /// All is being taken down.
    Over { origin: Instant },
}

impl Witness {
    /// Begins to note.
    pub fn watch(mut observed: UnboundedReceiver<Observed>, progress: RunProgress) -> Self {
        let phase = Phase::Before { begun: Instant::now() };
        let witness = Self { seen: Arc::default(), phase: Arc::new(Mutex::new(phase)) };
        let noting = witness.clone();
        tokio::spawn(async move {
            while let Some(one) = observed.recv().await {
                let phase = noting.phase();
                if !matches!(phase, Phase::Over { .. }) {
                    progress.saw(&one);
                }
                if let Phase::During { origin } = phase {
                    progress.observed(Moment::between(origin, one.when), &one);
                }
                noting.seen.lock().unwrap_or_else(PoisonError::into_inner).push(one);
            }
        });
        witness
    }

    /// Sets the clock's zero.
    pub fn load_starts(&self, origin: Instant) {
        self.enter(Phase::During { origin });
    }

    /// What follows is the end of the run, not part of what it shows.
    pub fn is_over(&self) {
        self.enter(Phase::Over { origin: self.origin() });
    }

    /// The clock's zero; until the load starts, when the noting began.
    pub fn origin(&self) -> Instant {
        match self.phase() {
            Phase::Before { begun: origin } | Phase::During { origin } | Phase::Over { origin } => {
                origin
            }
        }
    }

    /// What was seen so far, by time.
    pub fn events(&self) -> Vec<Event> {
        let origin = self.origin();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let event = |one: &Observed| Event {
            at: Moment::between(origin, one.when),
            service: one.service.clone(),
            replica: one.replica,
            what: one.what.clone(),
        };
        let mut events: Vec<Event> = seen.iter().map(event).collect();
        events.sort_by(|a, b| a.at.0.total_cmp(&b.at.0));
        events
    }

    fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }
}

//! Notes what happens to services, on the run's clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use brunt_faults::Observed;
use brunt_scenarios::timeline::{Event, Moment};
use tokio::sync::mpsc::UnboundedReceiver;
use tracing::Instrument;

use crate::progress::RunProgress;

/// Notes what happens to services, and knows when the load began.
#[derive(Clone)]
pub struct RunObserver {
    seen: Arc<Mutex<Vec<Observed>>>,
    phase: Arc<Mutex<RunPhase>>,
}

#[derive(Clone, Copy)]
enum RunPhase {
    /// Services come up; the clock's zero is still to come.
    Before { begun: Instant },
    /// Zero is the start of the load.
    During { origin: Instant },
    /// Services are shut down.
    Over { origin: Instant },
}

impl RunObserver {
    /// Notes all that is observed from now on.
    pub fn watch(mut observed: UnboundedReceiver<Observed>, progress: RunProgress) -> Self {
        let phase = RunPhase::Before { begun: Instant::now() };
        let observer = Self { seen: Arc::default(), phase: Arc::new(Mutex::new(phase)) };
        let noting = observer.clone();
        let noted = async move {
            while let Some(one) = observed.recv().await {
                let phase = noting.phase();
                if !matches!(phase, RunPhase::Over { .. }) {
                    progress.saw(&one);
                }
                if let RunPhase::During { origin } = phase {
                    progress.observed(Moment::between(origin, one.when), &one);
                }
                noting.seen.lock().unwrap_or_else(PoisonError::into_inner).push(one);
            }
        };
        tokio::spawn(noted.in_current_span());
        observer
    }

    /// Sets the clock's zero.
    pub fn load_starts(&self, origin: Instant) {
        self.enter(RunPhase::During { origin });
    }

    /// What follows is the end of the run, not part of what it shows.
    pub fn run_is_over(&self) {
        self.enter(RunPhase::Over { origin: self.origin() });
    }

    /// The clock's zero; until the load starts, when the noting began.
    pub fn origin(&self) -> Instant {
        match self.phase() {
            RunPhase::Before { begun: origin }
            | RunPhase::During { origin }
            | RunPhase::Over { origin } => origin,
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

    fn phase(&self) -> RunPhase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, phase: RunPhase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }
}

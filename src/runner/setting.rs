//! What a run is given, and the witness that notes what it sees.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use brunt_local::{Observed, Ports};
use brunt_scenarios::plan::Plan;
use brunt_scenarios::timeline::{Event, Moment};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::progress::Progress;
use crate::target::Place;

/// What a run is given.
pub struct Setting<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Where relative paths of the system file start.
    pub base: &'a Path,
    /// The run's own folder.
    pub folder: PathBuf,
    /// The seed of all chance.
    pub seed: u64,
    /// Who watches.
    pub progress: Progress,
}

impl Setting<'_> {
    /// Where the system lives during the run.
    pub fn place(&self) -> Place {
        Place {
            base: self.base.to_owned(),
            data: self.folder.join("data"),
            logs: self.folder.join("logs"),
            ports: Ports::Free,
        }
    }
}

/// Notes what happens to services, and knows when the load began.
#[derive(Clone)]
pub struct Witness {
    seen: Arc<Mutex<Vec<Observed>>>,
    origin: Arc<Mutex<Instant>>,
}

impl Witness {
    /// Begins to note; until [`Witness::load_starts`] the clock's zero is `origin`.
    pub fn watch(mut observed: UnboundedReceiver<Observed>, origin: Instant, progress: Progress) -> Self {
        let witness = Self { seen: Arc::default(), origin: Arc::new(Mutex::new(origin)) };
        let noting = witness.clone();
        tokio::spawn(async move {
            while let Some(one) = observed.recv().await {
                progress.observed(Moment::between(noting.origin(), one.when), &one);
                noting.seen.lock().unwrap_or_else(PoisonError::into_inner).push(one);
            }
        });
        witness
    }

    /// Sets the clock's zero.
    pub fn load_starts(&self, origin: Instant) {
        *self.origin.lock().unwrap_or_else(PoisonError::into_inner) = origin;
    }

    /// The clock's zero.
    pub fn origin(&self) -> Instant {
        *self.origin.lock().unwrap_or_else(PoisonError::into_inner)
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
}

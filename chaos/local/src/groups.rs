//! The process groups that are alive, so that all of them can be ended at any time.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::reaper::Reaper;

#[derive(Debug)]
pub(crate) struct Groups {
    alive: Mutex<BTreeSet<u32>>,
    reaper: Option<Reaper>,
}

impl Groups {
    pub(crate) fn new(reaper: Option<Reaper>) -> Self {
        Self { alive: Mutex::default(), reaper }
    }

    pub(crate) fn reaper(&self) -> Option<&Reaper> {
        self.reaper.as_ref()
    }

    /// The reaper knows it already: a process registers itself before it becomes the program.
    pub(crate) fn began(&self, group: u32) {
        self.alive().insert(group);
    }

    /// A group's leader has ended. What it has left running in its group ends with it, as
    /// in a container.
    pub(crate) fn ended(&self, group: u32) {
        signal(group, Signal::KILL);
        self.alive().remove(&group);
        if let Some(reaper) = &self.reaper {
            reaper.forget(group);
        }
    }

    pub(crate) fn kill_all(&self) {
        for group in self.alive().iter() {
            signal(*group, Signal::KILL);
        }
    }

    /// All has been ended: the reaper may go.
    pub(crate) fn goodbye(&self) {
        if let Some(reaper) = &self.reaper {
            reaper.goodbye();
        }
    }

    fn alive(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Signals a whole process group. One that has ended already is as good as signalled.
pub(crate) fn signal(group: u32, signal: Signal) {
    if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, signal);
    }
}

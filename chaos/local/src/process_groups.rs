//! The process groups that are alive, so that all of them can be ended at any time.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::reaper::Reaper;

#[derive(Debug)]
pub(crate) struct ProcessGroups {
    alive: Mutex<BTreeSet<u32>>,
    reaper: Option<Reaper>,
}

impl ProcessGroups {
    pub(crate) fn new(reaper: Option<Reaper>) -> Self {
        Self { alive: Mutex::default(), reaper }
    }

    pub(crate) fn reaper(&self) -> Option<&Reaper> {
        self.reaper.as_ref()
    }

    pub(crate) fn add(&self, group: u32) {
        // The reaper knows it already: a process registers itself before it becomes the program.
        self.alive().insert(group);
    }

    /// A group's leader has ended. What it has left running in its group ends with it, as
    /// in a container.
    pub(crate) fn leader_ended(&self, group: u32) {
        send_signal(group, Signal::KILL);
        self.alive().remove(&group);
        if let Some(reaper) = &self.reaper {
            reaper.unregister(group);
        }
    }

    pub(crate) fn kill_all(&self) {
        for group in self.alive().iter() {
            send_signal(*group, Signal::KILL);
        }
    }

    /// Lets the reaper end, as all groups have ended.
    pub(crate) fn dismiss_reaper(&self) {
        if let Some(reaper) = &self.reaper {
            reaper.dismiss();
        }
    }

    fn alive(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Signals a whole process group. One that has ended already needs no signal.
pub(crate) fn send_signal(group: u32, signal: Signal) {
    if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, signal);
    }
}

/// The name of a signal that is sent here, for the log.
pub(crate) fn signal_name(signal: Signal) -> &'static str {
    match signal {
        Signal::KILL => "SIGKILL",
        Signal::TERM => "SIGTERM",
        Signal::STOP => "SIGSTOP",
        Signal::CONT => "SIGCONT",
        _ => "another signal",
    }
}

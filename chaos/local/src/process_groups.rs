//! The process groups that are alive, so that all of them can be ended at any time.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::process_marks::{ProcessMarks, kill_marked, kill_system};
use crate::reaper::Reaper;

#[derive(Debug)]
pub(crate) struct ProcessGroups {
    /// Each with the mark of its processes.
    alive: Mutex<BTreeMap<u32, String>>,
    marks: ProcessMarks,
    reaper: Option<Reaper>,
}

impl ProcessGroups {
    pub(crate) fn new(reaper: Option<Reaper>) -> Self {
        let marks = ProcessMarks::new();
        if let Some(reaper) = &reaper {
            reaper.register_marks(marks.system());
        }
        Self { alive: Mutex::default(), marks, reaper }
    }

    pub(crate) fn marks(&self) -> &ProcessMarks {
        &self.marks
    }

    pub(crate) fn reaper(&self) -> Option<&Reaper> {
        self.reaper.as_ref()
    }

    pub(crate) fn add(&self, group: u32, mark: String) {
        // The reaper knows it already: a process registers itself before it becomes the program.
        self.alive().insert(group, mark);
    }

    /// A group's leader has ended. What it has left running ends with it, as in a container. Must
    /// be called within a tokio runtime.
    pub(crate) fn leader_ended(&self, group: u32) {
        send_signal(group, Signal::KILL);
        let mark = self.alive().remove(&group);
        if let Some(mark) = mark {
            // Looking through all processes takes milliseconds, in which proxies would stand still.
            drop(tokio::task::spawn_blocking(move || kill_marked(&mark)));
        }
        if let Some(reaper) = &self.reaper {
            reaper.unregister(group);
        }
    }

    /// Kills whatever is left of the system after all leaders have ended.
    pub(crate) fn kill_daemons(&self) {
        kill_system(self.marks.system());
    }

    pub(crate) fn kill_all(&self) {
        for group in self.alive().keys() {
            send_signal(*group, Signal::KILL);
        }
        self.kill_daemons();
    }

    /// Lets the reaper end, as all groups have ended.
    pub(crate) fn dismiss_reaper(&self) {
        if let Some(reaper) = &self.reaper {
            reaper.dismiss();
        }
    }

    fn alive(&self) -> MutexGuard<'_, BTreeMap<u32, String>> {
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

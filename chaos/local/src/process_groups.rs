//! The process groups that are alive, so that all of them can be ended at any time.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::Signal;

use crate::process_marks::{ProcessMarks, kill_marked, kill_system};
use crate::reaper::Reaper;
use crate::signals::{send_signal, signal_name};

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
        kill_group(group);
        let mark = self.alive().remove(&group);
        if let Some(mark) = mark {
            // Looking through all processes takes milliseconds, in which proxies would stand still.
            let run = tracing::Span::current();
            drop(tokio::task::spawn_blocking(move || run.in_scope(|| kill_marked(&mark))));
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
            kill_group(*group);
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

/// Kills whatever still runs in a process group, and logs that if there was anything.
fn kill_group(group: u32) {
    if send_signal(group, Signal::KILL) {
        let signal = signal_name(Signal::KILL);
        tracing::info!(pid = group, signal, "signal sent to what is left of a process group");
    }
}

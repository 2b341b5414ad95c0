//! Marks by which a process is known to belong to a replica, wherever it has gone: an environment
//! variable, which children inherit. A child that has called setsid is in no process group of its
//! replica any more, as a daemon is, and must end with it all the same.

use std::collections::HashSet;
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::signals::signal_name;
use crate::supervisor::Supervisor;

/// The environment variable; its value is `SYSTEM.NUMBER`, and `SYSTEM` begins with what says which
/// process has started it. After a semicolon follows the next one,
/// if a service is a brunt that has services of its own.
const VARIABLE: &str = "BRUNT_PROCESS";

/// How often is looked again for what was started while the others were killed.
const MOST_ROUNDS: usize = 20;

/// How often is waited for the environments of programs that are just being executed: for a moment
/// the kernel shows them without one. Programs that were started without any look the same.
const MOST_WAITS: usize = 5;

/// How long each time.
const WAIT: Duration = Duration::from_millis(1);

/// The marks of one system.
#[derive(Debug)]
pub(crate) struct ProcessMarks {
    system: String,
    last: AtomicU64,
}

impl ProcessMarks {
    pub(crate) fn new() -> Self {
        let random = format!("{:016x}", fastrand::u64(..));
        let system = Supervisor::this().map_or(random.clone(), |this| format!("{this}-{random}"));
        Self { system, last: AtomicU64::new(0) }
    }

    /// Gives a program that is about to start a mark of its own, and returns it.
    pub(crate) fn mark(&self, command: &mut Command) -> String {
        let mark = format!("{}.{}", self.system, self.last.fetch_add(1, Relaxed));
        match std::env::var(VARIABLE) {
            Ok(outer) => command.env(VARIABLE, format!("{outer};{mark}")),
            Err(_) => command.env(VARIABLE, &mark),
        };
        mark
    }

    /// What the marks of all of the system's processes begin with.
    pub(crate) fn system(&self) -> &str {
        &self.system
    }
}

/// Kills every process with this mark.
pub(crate) fn kill_marked(mark: &str) {
    kill_all(|found| found == mark.as_bytes());
}

/// Kills every process of a system.
pub(crate) fn kill_system(system: &str) {
    let beginning = format!("{system}.");
    kill_all(|found| found.starts_with(beginning.as_bytes()));
}

/// Kills every process of a system whose supervisor has ended. Its reaper does that, unless it was
/// killed as well.
pub(crate) fn kill_abandoned() {
    // This process may itself be called from what is left, such as a terminal.
    let ours = std::env::var(VARIABLE).unwrap_or_default();
    let ours: Vec<_> = ours.split(';').filter_map(Supervisor::parse).collect();
    let killed = kill_all(|found| {
        let supervisor = std::str::from_utf8(found).ok().and_then(Supervisor::parse);
        supervisor.is_some_and(|one| !ours.contains(&one) && one.is_gone())
    });
    if killed > 0 {
        tracing::warn!(killed, "processes of a system whose brunt was killed have been ended");
    }
}

/// Returns how many there were.
fn kill_all(is_mark: impl Fn(&[u8]) -> bool) -> usize {
    let mut waits = 0;
    let mut logged = HashSet::new();
    // A process may have started another one before its turn came.
    for _ in 0..MOST_ROUNDS {
        let Processes { marked, has_unknown } = processes_with(&is_mark);
        if marked.is_empty() {
            if !has_unknown || waits == MOST_WAITS {
                break;
            }
            waits += 1;
            std::thread::sleep(WAIT);
        }
        for process in marked {
            // It may have ended by itself. One that is still ending is found once more.
            if kill_process(process, Signal::KILL).is_ok() && logged.insert(process) {
                let (pid, signal) = (process.as_raw_nonzero().get(), signal_name(Signal::KILL));
                tracing::info!(pid, signal, "signal sent to a process outside of its group");
            }
        }
    }
    logged.len()
}

#[derive(Default)]
struct Processes {
    marked: Vec<Pid>,
    /// Whether a program without an environment runs, which may get one in a moment.
    has_unknown: bool,
}

/// Other users' processes cannot be read, and are none of ours.
fn processes_with(is_mark: impl Fn(&[u8]) -> bool) -> Processes {
    let mut found = Processes::default();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let pid = entry.file_name().to_str().and_then(|name| Pid::from_raw(name.parse().ok()?));
        let (Some(pid), Ok(environment)) = (pid, fs::read(entry.path().join("environ"))) else {
            continue;
        };
        if has_mark(&environment, &is_mark) {
            found.marked.push(pid);
        } else if environment.is_empty() {
            // Processes that have ended and threads of the kernel have no program.
            found.has_unknown |= fs::read_link(entry.path().join("exe")).is_ok();
        }
    }
    found
}

fn has_mark(environment: &[u8], is_mark: impl Fn(&[u8]) -> bool) -> bool {
    let value = |variable: &[u8]| {
        let value = variable.strip_prefix(VARIABLE.as_bytes())?.strip_prefix(b"=")?;
        Some(value.to_vec())
    };
    let values = environment.split(|byte| *byte == 0).filter_map(value);
    values.into_iter().any(|value| value.split(|byte| *byte == b';').any(&is_mark))
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn the_mark_of_a_system_inside_of_another_one_s_service_counts_for_both() {
        let environment = b"A=1\0BRUNT_PROCESS=ab.0;cd.7\0B=ab.9\0";
        for mark in [&b"ab.0"[..], b"cd.7"] {
            assert!(has_mark(environment, |found| found == mark));
        }
        assert!(!has_mark(environment, |found| found == b"ab.9" || found == b"ab"));
    }

    #[test]
    fn only_processes_with_the_mark_are_killed() {
        let marks = ProcessMarks::new();
        let sleeper = || {
            let mut command = Command::new("sleep");
            let mark = marks.mark(command.arg("600"));
            (command.spawn().unwrap(), mark)
        };
        let ((mut one, mark), (mut other, _)) = (sleeper(), sleeper());
        kill_marked(&mark);
        assert_eq!(one.wait().unwrap().signal(), Some(9));
        assert!(other.try_wait().unwrap().is_none());
        kill_system("another");
        assert!(other.try_wait().unwrap().is_none());
        kill_system(marks.system());
        assert_eq!(other.wait().unwrap().signal(), Some(9));
    }
}

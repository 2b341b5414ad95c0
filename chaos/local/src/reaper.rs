//! A process that outlives a supervisor that is killed, and then ends what the supervisor had
//! started.
//!
//! It holds the reading end of a pipe. Each process that is started writes `+GROUP` into it before
//! it becomes the program, so there is no moment in which it runs unknown; the supervisor writes
//! `-GROUP` when the group has ended, `?` when a start has failed and the group may not exist, and
//! `bye` when all is well. At the pipe's end without `bye`, every group that is left is killed, and
//! every process with a mark of the system whose name the supervisor wrote first, as `=SYSTEM`.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, PipeWriter, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

use crate::pre_exec;
use crate::process_marks::kill_system;

/// The supervisor's end of the pipe, and the reaper process at the other end.
#[derive(Debug)]
pub(crate) struct Reaper {
    pipe: Mutex<Option<Arc<PipeWriter>>>,
    process: Mutex<Child>,
}

impl Reaper {
    pub(crate) fn start(command: &[OsString]) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        let (program, args) = command
            .split_first()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "its command is empty"))?;
        let mut command = Command::new(program);
        command.args(args).stdin(reader).stdout(Stdio::null());
        pre_exec::own_session(&mut command);
        Ok(Self { process: Mutex::new(command.spawn()?), pipe: Mutex::new(Some(Arc::new(writer))) })
    }

    /// The pipe for a new process to write to; `None` when the reaper has ended, since writing
    /// would then kill it.
    pub(crate) fn pipe(&self) -> Option<Arc<PipeWriter>> {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = matches!(process.try_wait(), Ok(None));
        runs.then(|| self.pipe.lock().unwrap_or_else(PoisonError::into_inner).clone()).flatten()
    }

    /// What the marks of the system's processes begin with.
    pub(crate) fn register_marks(&self, system: &str) {
        self.send(&format!("={system}\n"));
    }

    pub(crate) fn unregister(&self, group: u32) {
        self.send(&format!("-{group}\n"));
    }

    pub(crate) fn start_failed(&self) {
        self.send("?\n");
    }

    /// Ends the reaper without having it kill anything.
    pub(crate) fn dismiss(&self) {
        self.send("bye\n");
        // The reaper reads to the pipe's end, so the pipe must be closed before it is waited for.
        drop(self.pipe.lock().unwrap_or_else(PoisonError::into_inner).take());
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        // It ends at once; waiting for it leaves no zombie.
        let _ = process.wait();
    }

    fn send(&self, line: &str) {
        if let Some(pipe) = self.pipe() {
            // If the reaper has just ended, each process still has its death signal.
            let _ = (&*pipe).write_all(line.as_bytes());
        }
    }
}

/// Runs the reaper process: reads registrations to the input's end, and then kills what is left.
pub fn reap(input: impl Read) {
    let mut groups = HashSet::new();
    let mut systems = Vec::new();
    for line in BufReader::new(input).lines().map_while(Result::ok) {
        if line == "bye" {
            return;
        }
        match line.strip_prefix('=') {
            Some(system) => systems.push(system.to_owned()),
            None => apply_line(&mut groups, &line),
        }
    }
    for group in groups {
        let _ = kill_process_group(group, Signal::KILL);
    }
    // Daemons have left the groups.
    for system in systems.iter().filter(|system| !system.is_empty()) {
        kill_system(system);
    }
}

fn apply_line(groups: &mut HashSet<Pid>, line: &str) {
    let group = |digits: &str| digits.parse().ok().and_then(Pid::from_raw);
    // A child may have registered its group before its exec failed.
    if line == "?" {
        groups.retain(|group| test_kill_process_group(*group).is_ok());
    } else if let Some(new) = line.strip_prefix('+').and_then(group) {
        groups.insert(new);
    } else if let Some(old) = line.strip_prefix('-').and_then(group) {
        groups.remove(&old);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::{CommandExt, ExitStatusExt};

    fn sleeper() -> Child {
        Command::new("sleep").arg("600").process_group(0).spawn().unwrap()
    }

    fn killed(mut child: Child) -> bool {
        child.wait().unwrap().signal() == Some(9)
    }

    #[test]
    fn when_the_pipe_ends_without_a_bye_registered_groups_are_killed() {
        let (mut kept, lost) = (sleeper(), sleeper());
        let lines = format!("+{}\n+{}\n-{}\n", kept.id(), lost.id(), kept.id());
        reap(lines.as_bytes());
        assert!(killed(lost));
        assert!(kept.try_wait().unwrap().is_none());
        kept.kill().unwrap();
        kept.wait().unwrap();
    }

    #[test]
    fn after_a_bye_nothing_is_killed() {
        let mut kept = sleeper();
        reap(format!("+{}\nbye\n", kept.id()).as_bytes());
        assert!(kept.try_wait().unwrap().is_none());
        kept.kill().unwrap();
        kept.wait().unwrap();
    }

    #[test]
    fn a_group_of_a_failed_start_is_removed_and_unknown_lines_are_ignored() {
        let mut groups = HashSet::new();
        let mut gone = sleeper();
        gone.kill().unwrap();
        gone.wait().unwrap();
        for line in [&format!("+{}", gone.id()), "+", "+0", "+x", "-", "hello"] {
            apply_line(&mut groups, line);
        }
        assert_eq!(groups.len(), 1);
        apply_line(&mut groups, "?");
        assert!(groups.is_empty());
    }
}

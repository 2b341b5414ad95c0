//! A process that outlives a supervisor that is killed, and then ends what the supervisor had
//! started.
//!
//! It holds the reading end of a pipe. Each process that is started writes `+GROUP` into it before
//! it becomes the program, so there is no moment in which it runs unknown; the supervisor writes
//! `-GROUP` when the group has ended, `?` when a start has failed and the group may not exist, and
//! `bye` when all is well. At the pipe's end without `bye`, every group that is left is killed.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, PipeWriter, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

use crate::tether;

/// The supervisor's end.
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
        tether::own_session(&mut command);
        Ok(Self { process: Mutex::new(command.spawn()?), pipe: Mutex::new(Some(Arc::new(writer))) })
    }

    /// The pipe for a new process to write to; `None` when nobody reads it any more, since writing
    /// would then kill it.
    pub(crate) fn pipe(&self) -> Option<Arc<PipeWriter>> {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = matches!(process.try_wait(), Ok(None));
        runs.then(|| self.pipe.lock().unwrap_or_else(PoisonError::into_inner).clone()).flatten()
    }

    pub(crate) fn forget(&self, group: u32) {
        self.say(&format!("-{group}\n"));
    }

    pub(crate) fn start_failed(&self) {
        self.say("?\n");
    }

    /// Ends it without killing anything.
    pub(crate) fn goodbye(&self) {
        self.say("bye\n");
        drop(self.pipe.lock().unwrap_or_else(PoisonError::into_inner).take());
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        // It ends at once; waiting for it leaves no zombie.
        let _ = process.wait();
    }

    fn say(&self, words: &str) {
        if let Some(pipe) = self.pipe() {
            // A reaper that has just gone cannot be told anything; the tether to this process still
            // holds.
            let _ = (&*pipe).write_all(words.as_bytes());
        }
    }
}

/// What the reaper process does: reads what is said until the end, then kills what is left.
pub fn reap(input: impl Read) {
    let mut groups = HashSet::new();
    for line in BufReader::new(input).lines().map_while(Result::ok) {
        if line == "bye" {
            return;
        }
        heed(&mut groups, &line);
    }
    for group in groups {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

fn heed(groups: &mut HashSet<Pid>, line: &str) {
    let group = |digits: &str| digits.parse().ok().and_then(Pid::from_raw);
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
    fn at_the_end_without_a_goodbye_what_is_registered_is_killed() {
        let (mut kept, lost) = (sleeper(), sleeper());
        let words = format!("+{}\n+{}\n-{}\n", kept.id(), lost.id(), kept.id());
        reap(words.as_bytes());
        assert!(killed(lost));
        assert!(kept.try_wait().unwrap().is_none());
        kept.kill().unwrap();
        kept.wait().unwrap();
    }

    #[test]
    fn after_a_goodbye_nothing_is_killed() {
        let mut kept = sleeper();
        reap(format!("+{}\nbye\n", kept.id()).as_bytes());
        assert!(kept.try_wait().unwrap().is_none());
        kept.kill().unwrap();
        kept.wait().unwrap();
    }

    #[test]
    fn a_group_of_a_failed_start_is_forgotten_and_nonsense_passed_over() {
        let mut groups = HashSet::new();
        let mut gone = sleeper();
        gone.kill().unwrap();
        gone.wait().unwrap();
        for line in [&format!("+{}", gone.id()), "+", "+0", "+x", "-", "hello"] {
            heed(&mut groups, line);
        }
        assert_eq!(groups.len(), 1);
        heed(&mut groups, "?");
        assert!(groups.is_empty());
    }
}

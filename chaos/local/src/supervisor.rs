//! Which brunt has started a process, and whether it still runs. It is a part of the process's
//! mark, so that the next brunt finds what is left of one that was killed together with its reaper.

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;

/// A process that starts systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Supervisor {
    /// The PID namespace in which `pid` is known: in a container, others have the same one.
    namespace: u64,
    pid: u32,
    /// When it was started, in ticks after the machine: ids are used again.
    started: u64,
}

impl Supervisor {
    /// This process; `None` where /proc does not say what is asked for.
    pub(crate) fn this() -> Option<Self> {
        let pid = std::process::id();
        Some(Self { namespace: namespace()?, pid, started: started(pid)? })
    }

    /// Reads what `Display` writes, at the beginning of a text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = || u64::from_str_radix(parts.next()?, 16).ok();
        let (namespace, pid, started) = (number()?, number()?.try_into().ok()?, number()?);
        // Something must follow: marks of one supervisor's systems differ.
        parts.next().map(|_| Self { namespace, pid, started })
    }

    /// Whether it has ended. Of one in another namespace nobody can say.
    pub(crate) fn is_gone(&self) -> bool {
        namespace() == Some(self.namespace) && started(self.pid) != Some(self.started)
    }
}

impl fmt::Display for Supervisor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:x}-{:x}-{:x}", self.namespace, self.pid, self.started)
    }
}

fn namespace() -> Option<u64> {
    Some(fs::metadata("/proc/self/ns/pid").ok()?.ino())
}

/// When a process that has not ended was started.
fn started(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before the parenthesis may have spaces. The state follows, and 19 fields later this.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let is_over = matches!(*fields.first()?, "Z" | "X");
    fields.get(19).filter(|_| !is_over)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn this_process_is_read_again_and_runs() {
        let this = Supervisor::this().unwrap();
        assert_eq!(Supervisor::parse(&format!("{this}-ab12.7")), Some(this));
        assert!(!this.is_gone());
        let earlier = Supervisor { started: this.started - 1, ..this };
        assert!(earlier.is_gone(), "another process had the same id");
    }

    #[test]
    fn a_process_that_has_ended_is_gone_also_while_nobody_has_waited_for_it() {
        let mut child = Command::new("sleep").arg("600").spawn().unwrap();
        let this = Supervisor::this().unwrap();
        let one = Supervisor { pid: child.id(), started: started(child.id()).unwrap(), ..this };
        assert!(!one.is_gone());
        child.kill().unwrap();
        // It is a zombie in a moment.
        while !one.is_gone() {
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert!(one.is_gone());
    }

    #[test]
    fn nothing_is_said_of_another_namespace_and_of_other_marks() {
        let this = Supervisor::this().unwrap();
        let elsewhere = Supervisor { namespace: 1, started: 1, ..this };
        assert!(!elsewhere.is_gone());
        for other in ["", "0123456789abcdef", "1-2", "1-2-3", "x-2-3-4", "1-fffffffff-3-4"] {
            assert_eq!(Supervisor::parse(other), None, "{other}");
        }
    }
}

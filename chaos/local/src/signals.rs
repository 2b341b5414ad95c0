//! Signals to process groups, and their names in the log.

use rustix::process::{Pid, Signal, kill_process_group};

/// Signals a whole process group. Returns whether there was one: one that has ended already
/// needs no signal.
pub(crate) fn send_signal(group: u32, signal: Signal) -> bool {
    let group = i32::try_from(group).ok().and_then(Pid::from_raw);
    group.is_some_and(|group| kill_process_group(group, signal).is_ok())
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

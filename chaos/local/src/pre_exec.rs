//! What a new process does between fork and exec. The only file with unsafe code.
#![allow(unsafe_code, reason = "`pre_exec` is unsafe, and nothing else does this")]

use std::io::{self, PipeWriter, Write};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;

use rustix::process::{getpid, getppid, setsid};

/// "No such process", on every Unix.
const ESRCH: i32 = 3;

/// Has a process killed when the thread that starts it ends (on Linux), and has it register its
/// process group with the reaper before it becomes its program.
pub(crate) fn bind_to_supervisor(command: &mut Command, reaper: Option<Arc<PipeWriter>>) {
    let supervisor = getpid();
    let prepare = move || {
        die_with_parent()?;
        if getppid() != Some(supervisor) {
            // The supervisor died before the death signal was set.
            return Err(io::Error::from_raw_os_error(ESRCH));
        }
        reaper.as_ref().map_or(Ok(()), |pipe| register(pipe))
    };
    // SAFETY: after the fork only system calls are made (prctl, getppid, getpid, write) on values
    // that were there before; nothing is allocated, no lock is taken, and the pipe is kept open by
    // the closure itself.
    unsafe {
        command.pre_exec(prepare);
    }
}

/// Puts a process into a session of its own, where no terminal's signal reaches it.
pub(crate) fn own_session(command: &mut Command) {
    // SAFETY: one system call, on nothing.
    unsafe {
        command.pre_exec(|| Ok(setsid().map(drop)?));
    }
}

#[cfg(target_os = "linux")]
fn die_with_parent() -> io::Result<()> {
    use rustix::process::{Signal, set_parent_process_death_signal};
    Ok(set_parent_process_death_signal(Some(Signal::KILL))?)
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent() -> io::Result<()> {
    Ok(())
}

/// Writes `+GROUP` in one piece, without allocating. The process leads its own group, so its id
/// is the group's.
fn register(mut pipe: &PipeWriter) -> io::Result<()> {
    // Room for `+`, the ten digits that an `i32` has at most, and the end of the line.
    let mut line = [b'\n'; 12];
    let mut rest = getpid().as_raw_nonzero().get();
    let mut first = line.len() - 1;
    while rest > 0 {
        first -= 1;
        line[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    first -= 1;
    line[first] = b'+';
    pipe.write_all(&line[first..])
}

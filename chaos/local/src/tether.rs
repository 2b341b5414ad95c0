//! What a new process does between being made and becoming its program. The only file with unsafe
//! code.
#![allow(unsafe_code, reason = "`pre_exec` is unsafe, and nothing else does this")]

use std::io::{self, PipeWriter, Write};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;

use rustix::process::{getpid, getppid, setsid};

/// Ties a process to the thread that starts it: it is killed when that thread ends (on Linux), and
/// it makes its process group known to the reaper first of all.
pub(crate) fn tie(command: &mut Command, reaper: Option<Arc<PipeWriter>>) {
    let supervisor = getpid();
    let prepare = move || {
        die_with_parent()?;
        if getppid() != Some(supervisor) {
            // It died before we were tied to it.
            return Err(io::Error::from_raw_os_error(3));
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

//! Signals that end a command. One thread sees them from the first time that anybody asks until the
//! program ends, so that none is lost between two runs.

use std::sync::{OnceLock, mpsc};

use brunt_reports::Exit;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// How many signals have come.
static SEEN: OnceLock<watch::Sender<u32>> = OnceLock::new();

/// Sees how many signals have come: SIGINT, SIGTERM and, unless it was ignored when the program was
/// started, SIGHUP. The second one ends the program at once; the reaper cleans up then.
pub fn seen() -> watch::Receiver<u32> {
    SEEN.get_or_init(start).subscribe()
}

fn start() -> watch::Sender<u32> {
    let seen = watch::Sender::new(0);
    let (sender, (ready, is_ready)) = (seen.clone(), mpsc::channel());
    let listening = std::thread::Builder::new()
        .name("brunt-signals".to_owned())
        .spawn(move || listen(&sender, &ready));
    if listening.is_ok() {
        // An error means that it has ended: then signals do what they do by default.
        let _ = is_ready.recv();
    }
    seen
}

fn listen(seen: &watch::Sender<u32>, ready: &mpsc::Sender<()>) {
    let Ok(runtime) = Builder::new_current_thread().enable_io().build() else { return };
    runtime.block_on(async {
        let (interrupt, terminate) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else { return };
        // A process that was started by nohup is to outlive the terminal.
        let mut hangup = if is_hangup_ignored() { None } else { signal(SignalKind::hangup()).ok() };
        let _ = ready.send(());
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                () = received(hangup.as_mut()) => {}
            }
            seen.send_modify(|times| *times += 1);
            if *seen.borrow() > 1 {
                std::process::exit(Exit::Interrupted as i32);
            }
        }
    });
}

async fn received(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores_hangup(&status)
}

/// Whether the mask of ignored signals has the first one, SIGHUP.
fn ignores_hangup(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::ignores_hangup;

    #[test]
    fn a_program_that_was_started_by_nohup_ignores_sighup() {
        assert!(ignores_hangup("Name:\tbrunt\nSigIgn:\t0000000000001001\nSigCgt:\t1\n"));
        assert!(!ignores_hangup("Name:\tbrunt\nSigIgn:\t0000000000001000\nSigCgt:\t1\n"));
        assert!(!ignores_hangup(""));
    }
}

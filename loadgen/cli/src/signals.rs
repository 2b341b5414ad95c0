//! SIGINT and SIGTERM: the first ends the load, a second one the process.

use std::io;
use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};

use brunt_reports::Exit;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::view;

static RECEIVED: AtomicBool = AtomicBool::new(false);

/// Whether one of them has come since [`watch`] was called.
pub(crate) fn received() -> bool {
    RECEIVED.load(Ordering::Relaxed)
}

/// Takes both signals from now on, until the process ends: a handler that is gone again would leave
/// them ignored, so that nothing but SIGKILL could end a command that hangs.
pub(crate) fn watch() -> io::Result<()> {
    static WATCHES: Mutex<bool> = Mutex::new(false);
    let mut watches = WATCHES.lock().unwrap_or_else(PoisonError::into_inner);
    if !*watches {
        let (ready, is_ready) = mpsc::channel();
        let thread = std::thread::Builder::new().name("signals".to_owned());
        thread.spawn(move || listen(&ready))?;
        is_ready.recv().unwrap_or_else(|_| Err(io::Error::other("the signals' thread ended")))?;
        *watches = true;
    }
    Ok(())
}

fn listen(ready: &mpsc::Sender<io::Result<()>>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let listening = runtime.and_then(|runtime| {
        let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
        let [interrupted, terminated] = kinds.map(|kind| {
            let _context = runtime.enter();
            signal(kind)
        });
        Ok((runtime, interrupted?, terminated?))
    });
    match listening {
        Ok((runtime, interrupted, terminated)) => {
            // The receiver waits for this.
            let _ = ready.send(Ok(()));
            runtime.block_on(take(interrupted, terminated));
        }
        Err(error) => drop(ready.send(Err(error))),
    }
}

async fn take(mut interrupted: Signal, mut terminated: Signal) {
    loop {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
        if RECEIVED.swap(true, Ordering::Relaxed) {
            view::restore_terminal();
            exit(Exit::Interrupted as i32);
        }
    }
}

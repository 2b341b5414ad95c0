//! Waiting for a load's end.

use std::io::{self, Write};
use std::time::Duration;

use brunt_loadgen::RunningLoads;
use tokio::signal::unix::{SignalKind, signal};

use super::monitor::LoadMonitor;

/// Between two calls of what prints, and two looks for the end.
const TICK: Duration = Duration::from_millis(20);

/// Waits until the load has ended; `true` when ctrl-C, SIGTERM or a key in the view ended it early.
/// Calls `print` and the monitor meanwhile.
pub(crate) fn wait(
    running: &RunningLoads,
    monitor: &mut LoadMonitor,
    print: &mut dyn FnMut() -> io::Result<()>,
    err: &mut dyn Write,
) -> io::Result<bool> {
    // The engine has threads of its own; this one only needs signals and a clock.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut stopped = false;
        let mut tick = tokio::time::interval(TICK);
        let mut terminated = signal(SignalKind::terminate())?;
        while !running.is_over() {
            tokio::select! {
                _ = tick.tick() => print()?,
                signal = tokio::signal::ctrl_c() => {
                    signal?;
                    stopped = true;
                }
                _ = terminated.recv() => stopped = true,
            }
            stopped |= monitor.poll(running, err)?;
            if stopped {
                running.stop();
            }
        }
        Ok(stopped)
    })
}

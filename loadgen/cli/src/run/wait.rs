//! Waiting for a load's end.

use std::io::{self, Write};
use std::time::Duration;

use brunt_loadgen::RunningLoads;

use super::monitor::LoadMonitor;
use crate::signals;

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
    signals::watch()?;
    let mut stopped = false;
    while !running.is_over() {
        print()?;
        stopped |= signals::received() | monitor.poll(running, err)?;
        if stopped {
            running.stop();
        }
        std::thread::sleep(TICK);
    }
    Ok(stopped)
}

//! `brunt stress`, a hidden command: the stress fault runs it within a container, or beside it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::attached_input::AttachedInput;
use crate::cli::StressArgs;
use crate::console::outln;
use crate::exit::Exit;

const MIB: usize = 1024 * 1024;

/// Uses processor time and memory until standard input ends, so that the stress ends with the run
/// even if the run is killed.
pub fn stress(options: &StressArgs) -> Exit {
    if options.end {
        let sent = rustix::process::kill_process(
            rustix::process::Pid::INIT,
            rustix::process::Signal::TERM,
        );
        return if sent.is_ok() { Exit::Pass } else { Exit::Fail };
    }
    let input = AttachedInput::read();
    if options.attached && !input.first_request() {
        return Exit::Fail;
    }
    // Not zero: pages of zeros are only reserved until they are written, and would cost nothing.
    let memory = vec![1_u8; options.memory as usize * MIB];
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..options.cpu {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        outln!("stressed");
        input.wait_for_end(options.at_most.map(Duration::from_secs));
        over.store(true, Ordering::Relaxed);
    });
    drop(std::hint::black_box(memory));
    Exit::Pass
}

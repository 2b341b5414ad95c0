//! `brunt stress`, which nobody types: it is run within a container, and ends with its standard
//! input.

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::StressArgs;
use crate::console::outln;
use crate::exit::Exit;

const MIB: usize = 1024 * 1024;

/// Uses up processor and memory until standard input ends, or whoever holds its other end does.
pub fn stress(options: &StressArgs) -> Exit {
    if options.end {
        let told = rustix::process::kill_process(
            rustix::process::Pid::INIT,
            rustix::process::Signal::TERM,
        );
        return if told.is_ok() { Exit::Pass } else { Exit::Fail };
    }
    // Written to, as memory that is only reserved costs nothing.
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
        // An error is an end too.
        let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
        over.store(true, Ordering::Relaxed);
    });
    drop(std::hint::black_box(memory));
    Exit::Pass
}

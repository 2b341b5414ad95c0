//! Standard input of commands that a run starts in a pod: each line is a request, and its end is
//! the end of the command. So nothing goes on in a pod once the run is gone, even if it is killed.

use std::io::BufRead;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long a command waits for the first request where it was started before it was connected to:
/// if that never comes, whoever has started it is gone.
const FIRST_REQUEST: Duration = Duration::from_secs(60);

/// Standard input, read by a thread of its own.
pub struct AttachedInput(Receiver<()>);

impl AttachedInput {
    /// Begins to read standard input.
    #[must_use]
    pub fn read() -> Self {
        let (send, requests) = channel();
        std::thread::spawn(move || {
            // An error of reading is an end, too.
            let mut lines = std::io::stdin().lock().lines();
            while let Some(Ok(_)) = lines.next() {
                if send.send(()).is_err() {
                    return;
                }
            }
        });
        Self(requests)
    }

    /// Waits for the first request, for a minute. Returns whether it has come.
    #[must_use]
    pub fn first_request(&self) -> bool {
        self.0.recv_timeout(FIRST_REQUEST).is_ok()
    }

    /// Waits for the next request. Returns whether it has come, and not the end.
    #[must_use]
    pub fn next_request(&self) -> bool {
        self.0.recv().is_ok()
    }

    /// Waits for the end, for so long at most; `None` waits without a bound.
    pub fn wait_for_end(&self, at_most: Option<Duration>) {
        let until = at_most.map(|at_most| Instant::now() + at_most);
        loop {
            let next = match until {
                Some(until) => self.0.recv_timeout(until.saturating_duration_since(Instant::now())),
                None => self.0.recv().map_err(RecvTimeoutError::from),
            };
            if next.is_err() {
                return;
            }
        }
    }
}

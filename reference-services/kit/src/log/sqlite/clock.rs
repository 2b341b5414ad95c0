//! The clock of leases.

use rustix::time::{ClockId, clock_gettime};

/// Milliseconds since the machine started: the same for all of its processes, and setting the time
/// does not move it.
pub(super) fn now() -> i64 {
    let time = clock_gettime(ClockId::Boottime);
    time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}

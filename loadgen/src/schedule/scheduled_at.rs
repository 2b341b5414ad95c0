//! When a request is due.

use std::time::Instant;

/// When a request was due, and from when on its lag is the generator's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScheduledAt {
    /// When it was meant to start.
    pub intended: Instant,
    /// When a connection was free for it, if that was later: the time before is the server's
    /// delay, not the generator's.
    pub free: Instant,
}

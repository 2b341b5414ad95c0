//! How a user's visit ended.

use std::time::Instant;

/// What a request left behind.
pub(crate) struct VisitEnd {
    /// When.
    pub at: Instant,
    /// Nothing could be sent.
    pub unreachable: bool,
}

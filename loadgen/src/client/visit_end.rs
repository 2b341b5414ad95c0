//! How a visit of a user ended.

use std::time::Instant;

/// How a visit, a request or a journey, ended.
pub(crate) struct VisitEnd {
    /// When its last reply had come, or it was given up.
    pub at: Instant,
    /// Whether nothing could be sent, so that a user must pause before the next visit.
    pub unreachable: bool,
}

//! By how much a new version may be worse.

use serde::Serialize;

/// By how much the new version may be worse.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Allowed {
    /// More failures, as a share of all requests.
    pub failures: f64,
    /// Longer latency, as a share of what it was.
    pub latency: f64,
}

impl Default for Allowed {
    // Half a percentage point of failures and 20 % of latency: smaller differences can seldom be
    // told from chance in a run of a minute.
    fn default() -> Self {
        Self { failures: 0.005, latency: 0.2 }
    }
}

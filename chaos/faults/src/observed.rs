//! Events of services, which targets send as they happen.

use std::time::Instant;

use brunt_scenarios::timeline::EventKind;

/// Something that happened to a service, or to one replica of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The moment at which it happened, or was first seen, on this machine's monotonic clock.
    pub when: Instant,
    /// The service that it happened to.
    pub service: String,
    /// The replica, numbered from 1 over the whole run; `None` when the service as a
    /// whole is meant.
    pub replica: Option<u32>,
    /// The kind of event, as the timeline records it.
    pub what: EventKind,
}

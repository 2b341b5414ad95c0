//! What a target tells of its services, when it happens.

use std::time::Instant;

use brunt_scenarios::timeline::EventKind;

/// Something that happened to a service, or to one replica of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// When.
    pub when: Instant,
    /// The service.
    pub service: String,
    /// The replica, numbered from 1 over the whole run; `None` when the service as a
    /// whole is meant.
    pub replica: Option<u32>,
    /// What.
    pub what: EventKind,
}

//! Where the services meet: one topic of the event log.

/// The topic that all services publish to and read from.
pub const TOPIC: &str = "msacoffeechainsample";

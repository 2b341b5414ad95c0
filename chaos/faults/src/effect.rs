//! What a fault hit.

/// What a fault hit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// The number of processes; for a fault between two services, of requests and
    /// of refused connections.
    pub hits: u64,
    /// The services that were hit; for a fault between two services, caller and callee.
    pub services: Vec<String>,
}

impl Effect {
    /// An effect on `hits` replicas of one service.
    pub(crate) fn on(service: &str, hits: u64) -> Self {
        Self { hits, services: vec![service.to_owned()] }
    }
}

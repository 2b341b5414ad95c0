//! What a fault hit.

/// What a fault hit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// How much: processes, or for a fault between two services the requests and connections that met
    /// it.
    pub hits: u64,
    /// The services that were hit; for a fault between two services, caller and callee.
    pub services: Vec<String>,
}

impl Effect {
    /// An effect on so many replicas of one service.
    pub(crate) fn on(service: &str, hits: u64) -> Self {
        Self { hits, services: vec![service.to_owned()] }
    }
}

//! What runs, at one moment.

use brunt_scenarios::plan::Rollout;

/// The replicas of a service at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// How many there should be.
    pub wanted: u32,
    /// Those that run and are not being stopped.
    pub replicas: Vec<Replica>,
    /// How a new version replaces the old one.
    pub rollout: Rollout,
}

/// One running replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replica {
    /// Its number, unique among the service's replicas over the whole run.
    pub number: u32,
    /// Whether requests are sent to it.
    pub ready: bool,
}

/// A node, and what runs on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The name by which the platform knows it.
    pub name: String,
    /// The zone that it is in, if it is in one.
    pub zone: Option<String>,
    /// Services and numbers of the replicas there.
    pub replicas: Vec<(String, u32)>,
}

impl Census {
    /// How many replicas requests are sent to.
    pub fn ready(&self) -> u32 {
        self.replicas.iter().map(|replica| u32::from(replica.ready)).sum()
    }

    /// How many of the wanted replicas are missing or not ready.
    pub fn away(&self) -> u32 {
        // During a rollout with surge more may be ready than are wanted.
        self.wanted.saturating_sub(self.ready())
    }
}

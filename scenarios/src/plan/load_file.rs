//! A load file, checked.

use std::time::Duration;

use super::{AbortWhen, Load, SecretValues};

/// Load on URLs.
#[derive(Debug, Clone)]
pub struct LoadPlan {
    /// What it is for.
    pub name: Option<String>,
    /// The loads, started together; at least one. Their targets' services are base URLs.
    pub loads: Vec<Load>,
    /// When to stop early.
    pub abort_when: Option<AbortWhen>,
    /// Values of the secrets that requests refer to; empty until they are read.
    pub secrets: SecretValues,
}

impl LoadPlan {
    /// When the last load ends, after the loads' start.
    pub fn ends(&self) -> Duration {
        self.loads.iter().map(|load| load.lasts).max().unwrap_or_default()
    }
}

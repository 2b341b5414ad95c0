//! Probes, checked: each asks in exactly one way.

use std::time::Duration;

use crate::system::{GrpcProbe, HttpGet, TcpSocket};

/// How it is found out whether a replica is healthy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// How the replica is asked.
    pub action: ProbeAction,
    /// Seconds from the start to the first probe.
    pub initial_delay_seconds: u32,
    /// Seconds between probes.
    pub period_seconds: u32,
    /// Seconds until a probe without an answer has failed.
    pub timeout_seconds: u32,
    /// Successes in a row that make it healthy again.
    pub success_threshold: u32,
    /// Failures in a row that make it unhealthy.
    pub failure_threshold: u32,
}

/// How a replica is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeAction {
    /// By a request over HTTP.
    HttpGet(HttpGet),
    /// By a connection.
    TcpSocket(TcpSocket),
    /// By a command, still to be filled in ([`super::fill_in`]): a program and its arguments.
    Exec(Vec<String>),
    /// By a call of gRPC's health service.
    Grpc(GrpcProbe),
}

impl Probe {
    /// How long a replica may take that has this as its startup probe.
    pub fn longest_start(&self) -> Duration {
        let period = Duration::from_secs(self.period_seconds.max(1).into());
        Duration::from_secs(self.initial_delay_seconds.into())
            + period * self.failure_threshold
            + Duration::from_secs(self.timeout_seconds.into())
    }
}

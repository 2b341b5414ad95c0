//! A plan: a scenario that has been checked against its system, with every default filled in. If
//! one exists, it can run.

mod check;
mod command_key;
mod delay;
mod edge_fault;
mod expectation;
mod expected_response;
mod extract;
mod faults;
mod grpc_call;
mod journey;
mod json_texts;
mod keyed_collection;
mod launch_text;
mod load;
mod load_file;
mod platform;
mod probe;
mod quantile;
mod request;
mod same_value;
mod secrets;
mod service_url;
mod services;
mod texts;
mod threshold;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

pub use command_key::{CommandKey, SentKey};
pub use delay::Delay;
pub use edge_fault::{ByteScope, EdgeFault};
pub use expectation::*;
pub use expected_response::{
    ExpectedResponse, InvalidJsonPath, InvalidPattern, JsonPath, Pattern, header_objection,
};
pub use extract::Extract;
pub use faults::{Fault, FaultKind};
pub use grpc_call::GrpcCall;
pub use journey::{Feed, FeedOrder, Journey, JourneyStep, Polling};
pub use keyed_collection::{ItemsPath, KeyedCollection, NoMap};
pub use launch_text::{AddressPart, LaunchScope, LaunchTextError, LaunchValue, fill_in};
pub use load::{Arrival, Load, Ramp, Work};
pub use load_file::LoadPlan;
pub use platform::{NodeFault, NodePick, PlatformFault};
pub use probe::{Probe, ProbeAction};
pub use quantile::Quantile;
pub use request::{Auth, Body, Request, RequestTarget, Step};
pub use secrets::SecretValues;
pub use service_url::{InvalidServiceUrl, ServiceUrl};
pub use services::{Placement, Program, Rollout, Service, ServiceOnKubernetes, System};
pub use threshold::{InvalidThreshold, LoadTotals, Threshold};

pub use crate::scenario::{
    AbortStatus, During, EdgeDirection, JitterDistribution, Method, Pick, ReplicaFilter,
};
pub use crate::system::{Protocol, StrategyKind, WorkloadKind};
pub use crate::timeline::BreakerState;
use crate::units::Percent;

/// What will be done, and what must come of it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What the scenario shows.
    pub name: String,
    /// What stands behind it.
    pub about: Option<String>,
    /// The system that it runs on.
    pub system: System,
    /// Requests before the load, in order.
    pub setup: Vec<Step>,
    /// The loads, started together.
    pub loads: Vec<Load>,
    /// The faults, by time.
    pub faults: Vec<Fault>,
    /// Requests with what their answers must be: those with a time by time, then those that
    /// follow the load.
    pub steps: Vec<Step>,
    /// What must hold.
    pub checks: Vec<Check>,
    /// When to stop early.
    pub abort_when: Option<AbortWhen>,
    /// The largest share of a service's replicas that faults may take away at once.
    pub max_unavailable: Percent,
    /// The longest the whole run may take.
    pub max_duration: Duration,
    /// Guards whose absence must make it fail.
    pub proofs: Vec<Proof>,
    /// Values of the secrets that requests refer to; empty until they are read.
    pub secrets: SecretValues,
}

/// When to stop early.
#[derive(Debug, Clone, Copy)]
pub struct AbortWhen {
    /// The share of failed requests.
    pub error_rate: Percent,
    /// For how long without a pause.
    pub lasts: Duration,
}

/// What to break on purpose, and the checks that must then fail.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Guard → services.
    pub without: BTreeMap<String, Vec<String>>,
    /// Variables over those of the services.
    pub env: Environment,
    /// Faults on top of the plan's own.
    pub planted: Vec<Fault>,
    /// Names of checks: `availability`, `ledger.lost`, …
    pub fails: Vec<String>,
}

/// Service → environment variables.
pub type Environment = BTreeMap<String, BTreeMap<String, String>>;

impl Plan {
    /// When the last load ends, after the loads' start.
    pub fn load_ends(&self) -> Duration {
        self.loads.iter().map(|load| load.lasts).max().unwrap_or_default()
    }

    /// All requests of setup, loads and steps.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        let steps = self.setup.iter().chain(&self.steps).map(|step| &step.request);
        steps.chain(self.loads.iter().flat_map(Load::requests))
    }

    /// When the last fault ends, after the loads' start; zero without any.
    pub fn faults_end(&self) -> Duration {
        self.faults.iter().filter_map(Fault::last_end).max().unwrap_or_default()
    }
}

/// `without outbox of order`, or `with abort 0.5% with 500 gateway → order`.
impl fmt::Display for Proof {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let guards = self.without.iter();
        let guards =
            guards.map(|(guard, services)| format!("without {guard} of {}", services.join(", ")));
        let env = self.env.iter().flat_map(|(service, variables)| {
            variables.iter().map(move |(name, value)| format!("with {name}={value} of {service}"))
        });
        let planted = self.planted.iter().map(|fault| format!("with {}", fault.kind));
        out.write_str(&guards.chain(env).chain(planted).collect::<Vec<_>>().join(" and "))
    }
}

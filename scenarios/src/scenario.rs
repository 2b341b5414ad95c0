//! A scenario as it is written: the types that the YAML is read into, and from which its JSON
//! Schema is made.
//!
//! Nothing is checked here beyond the form; [`crate::Plan`] is where it gets its meaning.

mod abort_status;
mod agreement;
mod amplification;
mod auth;
mod availability;
mod breaker;
mod bystanders;
mod byte_fault;
mod conserved;
mod during;
mod edge;
mod expectation;
mod expected_response;
mod fault;
mod feed;
mod grpc_call;
mod hpa;
mod journey;
mod key;
mod latency;
mod ledger;
mod load;
mod load_file;
mod longest_outage;
mod one_or_many;
mod path_or_map;
mod pick;
mod platform;
mod recovers;
mod renamed_keys;
mod replica_filter;
mod request;
mod save;
mod slo;
mod slo_documents;
mod throughput;
mod time_limit;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub use abort_status::AbortStatus;
pub use agreement::{
    CompensationSpec, FoldOverSpec, FoldSpec, KeyedCollectionSpec, RowsSpec, SagaSpec,
    ViewSourceSpec, ViewSpec,
};
pub use amplification::AmplificationSpec;
pub use auth::{AuthSpec, BasicAuthSpec};
pub use availability::AvailabilitySpec;
pub use breaker::BreakerSpec;
pub use bystanders::{DecoupledSpec, FairnessSpec, IsolationSpec};
pub use byte_fault::{
    BandwidthSpec, CorruptSpec, EdgeDirection, JitterDistribution, LatencyFaultSpec, LimitDataSpec,
    SliceSpec, SlowCloseSpec,
};
pub use conserved::{ConservedSpec, TermSpec};
pub use during::During;
pub use edge::{AbortSpec, CutSpec, LostReplySpec};
pub use expectation::ExpectationSpec;
pub use expected_response::ExpectedResponseSpec;
pub use fault::{FaultSpec, KillSpec, PauseSpec, RolloutSpec, ScaleSpec, StopSpec, ZombieSpec};
pub use feed::{FeedOrder, FeedSpec};
pub use grpc_call::GrpcCallSpec;
pub use hpa::HpaSpec;
pub use journey::{JourneySpec, JourneyStepSpec};
pub use key::{KeySpec, SentKeySpec};
pub use latency::LatencySpec;
pub use ledger::{EffectsSpec, LedgerSpec};
pub use load::{ClosedSpec, LoadSpec, OpenSpec, StageSpec};
pub use load_file::{LoadFile, read_beside};
pub use longest_outage::LongestOutageSpec;
pub use one_or_many::OneOrMany;
pub use pick::{InvalidPick, Pick};
pub use platform::{
    AutoscaleSpec, EvictSpec, KillContainerSpec, NodesSpec, ProbeKind, RollBackSpec, SetConfigSpec,
    SetEnvSpec, StressSpec, TamperProbeSpec,
};
pub use recovers::{RecoversSpec, RestartsSpec};
pub use replica_filter::ReplicaFilter;
pub use request::{Method, RequestFields, StepSpec};
pub use save::SaveSpec;
pub use slo::SloSpec;
pub use slo_documents::read_slos;
pub use throughput::ThroughputSpec;
pub use time_limit::TimeLimit;

use crate::source::Located;
use crate::units::{Percent, Period, Positive};

/// One scenario: a system, the load on it, timed faults, what must hold, and the proof that the
/// check can fail.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scenario {
    /// The version of this format: 1.
    pub version: Located<u32>,
    /// What the scenario shows, as a sentence.
    pub name: String,
    /// What stands behind it, for the reader of the report.
    pub about: Option<String>,
    /// A built-in system's name, or the path of a system file, relative to this file.
    pub system: Located<String>,
    /// Service → environment variables to start it with, over those of the system file.
    #[serde(default)]
    pub env: BTreeMap<String, BTreeMap<String, String>>,
    /// Requests made once, in order, before the load starts. Each must be answered as expected.
    #[serde(default)]
    pub setup: Vec<Located<StepSpec>>,
    /// The load, all started at the same time.
    #[serde(default)]
    pub load: Vec<LoadSpec>,
    /// The faults, each at its time after the load's start. Undoing them is implied.
    #[serde(default)]
    pub faults: Vec<FaultSpec>,
    /// Requests at given times, each with what its answer must be. Those without `at` follow the
    /// end of the load.
    #[serde(default)]
    pub steps: Vec<Located<StepSpec>>,
    /// What must hold.
    #[serde(default)]
    pub expect: Vec<ExpectationSpec>,
    /// Stop the run early when it goes wrong beyond what anybody wants to see.
    pub abort_when: Option<AbortWhenSpec>,
    /// Bounds on what the scenario may do.
    #[serde(default)]
    pub limits: LimitsSpec,
    /// Guards whose absence must make the scenario fail.
    #[serde(default)]
    pub proof: Vec<ProofSpec>,
}

/// When to stop early.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AbortWhenSpec {
    /// The share of failed requests, over all loads.
    pub error_rate: Positive<Percent>,
    /// For how long without a pause.
    #[serde(rename = "for")]
    pub lasts: Period,
}

/// Bounds on what a scenario may do: its blast radius.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LimitsSpec {
    /// The largest share of a service's replicas that faults may take away at once;
    /// everything unless given.
    pub max_unavailable: Option<Percent>,
    /// The longest the whole run may take: 10m unless given.
    pub max_duration: Option<Positive<Period>>,
}

/// What is broken on purpose, and what must then fail.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProofSpec {
    /// Guard → the service or services that lose it. `readinessProbe`, `livenessProbe`,
    /// `terminationGracePeriod` and `autoscaler` exist for every service that has them, others are
    /// declared in the system file.
    #[serde(default)]
    pub without: BTreeMap<String, OneOrMany>,
    /// Faults that come on top of the scenario's own.
    #[serde(default)]
    pub planted: Vec<FaultSpec>,
    /// Service → environment variables over those of the scenario, for a defect that can
    /// be switched on.
    #[serde(default)]
    pub env: BTreeMap<String, BTreeMap<String, String>>,
    /// The checks that must then fail, by name: `availability`, `ledger.lost`, …
    pub fails: Vec<Located<String>>,
}

//! A scenario as it is written: the types that the YAML is read into, and from which its JSON Schema is made.
//!
//! Nothing is checked here beyond the form; [`crate::Plan`] is where it gets its meaning.

mod expectation;
mod fault;
mod one_or_many;
mod request;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub use expectation::{
    Availability, Conserved, During, Effects, Expectation, Latency, Ledger, Recovers, Restarts, Term, Within,
};
pub use fault::{
    Abort, Cut, Fault, Kill, Latency as LatencyFault, LostReply, Pause, Pick, Rollout, Scale, Stop, Zombie,
};
pub use one_or_many::OneOrMany;
pub use request::{Expected, Method, RequestFields, Step};

use crate::source::Located;
use crate::units::{Percent, Period, Rate, Spread};

/// One scenario: a system, the load on it, timed faults, what must hold, and the proof that the check can fail.
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
    pub setup: Vec<Step>,
    /// The load, all started at the same time.
    #[serde(default)]
    pub load: Vec<Load>,
    /// The faults, each at its time after the load's start. Undoing them is implied.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// Requests at given times, each with what its answer must be. Those without `at` follow the end of the load.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What must hold.
    #[serde(default)]
    pub expect: Vec<Expectation>,
    /// Stop the run early when it goes wrong beyond what anybody wants to see.
    pub abort_when: Option<AbortWhen>,
    /// Bounds on what the scenario may do.
    #[serde(default)]
    pub limits: Limits,
    /// Guards whose absence must make the scenario fail.
    #[serde(default)]
    pub proof: Vec<Proof>,
}

/// A stream of requests.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Load {
    /// What the rest of the scenario calls it.
    pub name: Located<String>,
    /// Users who wait for each reply before they go on (siege's model).
    pub closed: Option<Closed>,
    /// Arrivals on a schedule that no slow reply delays.
    pub open: Option<Open>,
    /// How long it lasts.
    #[serde(rename = "for")]
    pub lasts: Option<Period>,
    /// `GET` this, written `service/path`.
    pub get: Option<Located<String>>,
    /// `POST` to this.
    pub post: Option<Located<String>>,
    /// `PUT` to this.
    pub put: Option<Located<String>>,
    /// `PATCH` this.
    pub patch: Option<Located<String>>,
    /// `DELETE` this.
    pub delete: Option<Located<String>>,
    /// Headers to send.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A JSON body.
    pub json: Option<serde_json::Value>,
    /// A body of any other kind.
    pub body: Option<String>,
    /// What a good reply is; any 2xx or 3xx unless given.
    pub expect: Option<Expected>,
    /// How long to wait for a reply: 10s unless given.
    pub timeout: Option<Period>,
    /// JSON path, in the reply, of the id by which an accepted command is found again by a ledger.
    pub key: Option<Located<String>>,
}

/// Users who wait for each reply before they go on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Closed {
    /// How many.
    pub users: Located<u32>,
    /// How long each thinks between a reply and its next request.
    #[serde(default)]
    pub think: Spread,
}

/// Arrivals on a schedule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Open {
    /// The rate at the start, held for the load's `for` when there are no stages.
    pub rate: Located<Rate>,
    /// Ramps that follow one another.
    #[serde(default)]
    pub stages: Vec<Stage>,
}

/// A ramp to a rate.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Stage {
    /// The rate at its end.
    pub to: Rate,
    /// How long it takes; the same rate as before makes a plateau.
    #[serde(rename = "for")]
    pub lasts: Period,
}

/// When to stop early.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AbortWhen {
    /// The share of failed requests, over all loads.
    pub error_rate: Percent,
    /// For how long without a pause.
    #[serde(rename = "for")]
    pub lasts: Period,
}

/// Bounds on what a scenario may do: its blast radius.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Limits {
    /// The largest share of a service's replicas that faults may take away at once; everything unless given.
    pub max_unavailable: Option<Percent>,
    /// The longest the whole run may take: 10m unless given.
    pub max_duration: Option<Period>,
}

/// A guard taken away, and what must then fail.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Proof {
    /// Guard → the service or services that lose it. `readinessProbe` and `livenessProbe` exist for every service, others
    /// are declared in the system file.
    pub without: BTreeMap<String, OneOrMany>,
    /// The checks that must then fail, by name: `availability`, `ledger.lost`, …
    pub fails: Vec<Located<String>>,
}

//! What others must not notice, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{EffectsSpec, OneOrMany};
use crate::source::Located;
use crate::units::{Percent, Period, Positive};

/// While a service is down commands are accepted, and all of them complete once it is back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DecoupledSpec {
    /// The service that is down for a while.
    pub service: Located<String>,
    /// The load whose commands must be accepted meanwhile. It needs a `key`.
    pub commands: Located<String>,
    /// The share of commands that must be accepted while it is down: all unless given.
    pub at_least: Option<Positive<Percent>>,
    /// Where their effects are.
    pub effects: EffectsSpec,
    /// How long after the load's end (or the last fault's, if later) the effects may take.
    pub within: Positive<Period>,
}

/// Loads that others do not slow down.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FairnessSpec {
    /// The load or loads that must be served as before.
    pub of: OneOrMany,
    /// The load that overloads its service when its rate rises above its first one; unless given,
    /// the faults do.
    #[serde(rename = "while")]
    pub meanwhile: Option<Located<String>>,
    /// How much longer their p99 may be: 20% unless given. Less than 1 ms is nothing.
    pub slower: Option<Percent>,
}

/// What one part of a system does while another is down.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct IsolationSpec {
    /// The load that must be served all the while.
    pub of: Located<String>,
    /// The service or services that are down for a while.
    pub down: OneOrMany,
    /// The share that must be good while any of them is down: all unless given.
    pub at_least: Option<Positive<Percent>>,
}

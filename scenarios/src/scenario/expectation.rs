//! What must hold, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    AmplificationSpec, BreakerSpec, DecoupledSpec, FairnessSpec, HpaSpec, IsolationSpec, SagaSpec,
    SloSpec, ThroughputSpec, ViewSpec,
};
use crate::source::Located;
use crate::units::{Percent, Period};

macro_rules! specs {
    ($($doc:literal, $key:literal: $name:ident($spec:ident) => $($claim:ident),+;)*) => {
        /// One thing that must hold.
        #[derive(Debug, Clone, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub enum ExpectationSpec {
            $(#[doc = $doc] $name($spec),)*
        }

        impl ExpectationSpec {
            /// The name that proofs use, which is also its key.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $key,)*
                }
            }
        }
    };
}
crate::expectations!(specs);

/// Which part of the run a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum During {
    /// All of it.
    #[default]
    Run,
    /// Before the first fault.
    Before,
    /// While any fault is in force.
    Faults,
    /// After the last fault has ended.
    After,
}

impl During {
    /// How a claim ends that is about this part, with a space before it; empty for all of the run.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Run => "",
            Self::Before => " before the faults",
            Self::Faults => " during the faults",
            Self::After => " after the faults",
        }
    }
}

/// The share of good replies.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AvailabilitySpec {
    /// Of which load.
    pub of: Located<String>,
    /// The share that must be good. Below 100 % it is held against the 95 % confidence bound.
    pub at_least: Percent,
    /// In which part of the run.
    #[serde(default)]
    pub during: During,
}

/// Bounds on quantiles of the latency.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LatencySpec {
    /// Of which load.
    pub of: Located<String>,
    /// The median at most.
    pub p50: Option<Period>,
    /// The 90th percentile at most.
    pub p90: Option<Period>,
    /// The 95th percentile at most.
    pub p95: Option<Period>,
    /// The 99th percentile at most.
    pub p99: Option<Period>,
    /// The 99.9th percentile at most.
    #[serde(rename = "p99.9")]
    pub p999: Option<Period>,
    /// In which part of the run.
    #[serde(default)]
    pub during: During,
}

/// A time limit: a duration, or `auto` for the bound computed from probes, grace and start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeLimit {
    /// Computed.
    #[default]
    Auto,
    /// Given.
    Period(Period),
}

impl<'de> Deserialize<'de> for TimeLimit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "auto" => Ok(Self::Auto),
            text => text.parse().map(Self::Period).map_err(serde::de::Error::custom),
        }
    }
}

impl JsonSchema for TimeLimit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeLimit".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^(auto|([0-9.]+(us|ms|s|m|h))+)$"})
    }
}

/// A service is ready again in time.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RecoversSpec {
    /// Which service.
    pub service: Located<String>,
    /// How soon after the fault's end.
    #[serde(default)]
    pub within: TimeLimit,
}

/// The liveness probe restarts a service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RestartsSpec {
    /// Which service.
    pub service: Located<String>,
    /// How soon after the fault.
    #[serde(default)]
    pub within: TimeLimit,
}

/// Every accepted command has its effect, exactly once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LedgerSpec {
    /// The load whose accepted commands are looked for. It needs a `key`.
    pub of: Located<String>,
    /// Where the effects are.
    pub effects: EffectsSpec,
    /// How many accepted commands may be without effect: 0 unless given.
    #[serde(default)]
    pub lost: u64,
    /// How many effects may be there more than once, or without any command: 0 unless given.
    #[serde(default)]
    pub duplicated: u64,
    /// How long after the load's end (or the last fault's, if later) the effects may take.
    pub within: Period,
}

/// Where effects are read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EffectsSpec {
    /// The collection to read; `_links.next` is followed.
    pub get: Located<String>,
    /// JSON path of its items.
    pub items: Located<String>,
    /// JSON path, in an item, of the key of the command that it is the effect of.
    pub key: Located<String>,
    /// JSON path → value: what must be true of an item for it to count as the effect.
    #[serde(default)]
    pub json: std::collections::BTreeMap<String, serde_json::Value>,
}

/// A quantity is neither made nor lost: the terms add up.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConservedSpec {
    /// What the quantity is, for the report.
    pub what: String,
    /// The terms.
    pub sum: Vec<TermSpec>,
    /// What they must add up to: a number or `${saved}`.
    pub equals: Located<String>,
    /// How long after the load's end (or the last fault's, if later) it may take to become true.
    pub within: Period,
}

/// One term of a sum.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TermSpec {
    /// The document or collection to read; `_links.next` is followed.
    pub get: Located<String>,
    /// JSON path of the numbers to add up.
    pub values: Located<String>,
}

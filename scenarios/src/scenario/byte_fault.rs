//! What happens to connections and their bytes between two services, as it is written.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pick::Pick;
use crate::source::Located;
use crate::units::{Percent, Period, Positive, Spread};

/// Delay replies or requests between two services; where only bytes are seen, each piece of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LatencyFaultSpec {
    /// The service whose calls are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// By how much; from a range, one value per request, or per piece of bytes.
    pub delay: Located<Spread>,
    /// How much a fixed delay varies: up to so much less or more; of the distributions `normal` and
    /// `pareto`, this is the standard deviation. Nothing is delayed by less than nothing.
    pub jitter: Option<Positive<Period>>,
    /// How the delays lie around their mean: `uniform` unless given. Goes with `jitter`.
    pub distribution: Option<Located<JitterDistribution>>,
    /// Those of which replicas of the callee: all unless given. They are drawn when
    /// the fault begins. Goes with the direction `reply`.
    pub pick: Option<Located<Pick>>,
    /// What is delayed: replies unless given.
    #[serde(default)]
    pub direction: EdgeDirection,
    /// Which share of the requests, or, where only bytes are seen, of the connections. Unless
    /// given, all of them.
    pub percent: Option<Located<Percent>>,
}

/// How delays lie around their mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum JitterDistribution {
    /// All within the jitter, evenly.
    #[default]
    Uniform,
    /// A bell: two thirds within the jitter.
    Normal,
    /// Most a little below the mean, and a few far above it (shape 3), as in networks.
    Pareto,
}

impl fmt::Display for JitterDistribution {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Uniform => "uniform",
            Self::Normal => "normal",
            Self::Pareto => "pareto",
        })
    }
}

/// Let replies or requests pass between two services at a limited rate only.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BandwidthSpec {
    /// The service whose calls are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// How much passes in a second, heads included, over all connections together.
    #[schemars(range(min = 1))]
    pub bytes_per_second: Located<u64>,
    /// What is limited: replies unless given; with `both`, they share the rate.
    #[serde(default)]
    pub direction: EdgeDirection,
    /// Which share of the requests, or, where only bytes are seen, of the connections. Unless
    /// given, all of them.
    pub percent: Option<Located<Percent>>,
}

/// Which way bytes go between two services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum EdgeDirection {
    /// From the caller to the callee.
    Request,
    /// From the callee to the caller.
    #[default]
    Reply,
    /// Requests and replies.
    Both,
}

impl EdgeDirection {
    /// Whether what goes this way is meant.
    pub fn includes(self, way: Self) -> bool {
        self == Self::Both || self == way
    }
}

/// Let the end of a connection come later than its last bytes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SlowCloseSpec {
    /// The service whose connections are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// By how much; from a range, one value per connection.
    pub delay: Located<Spread>,
    /// Whose end: with `reply`, the default, the caller hears late that the callee has closed.
    #[serde(default)]
    pub direction: EdgeDirection,
    /// Which share of the connections: all unless given.
    pub percent: Option<Located<Percent>>,
}

/// Close connections between two services once so many bytes have passed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LimitDataSpec {
    /// The service whose connections are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// How many bytes pass on each connection from the fault's beginning on, before it is closed.
    pub bytes: u64,
    /// Which bytes count: those of replies unless given.
    #[serde(default)]
    pub direction: EdgeDirection,
    /// Which share of the connections: all unless given.
    pub percent: Option<Located<Percent>>,
}

/// Let bytes come in small pieces, with pauses between them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SliceSpec {
    /// The service whose connections are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// The mean size of a piece in bytes.
    #[schemars(range(min = 1))]
    pub size: Located<u64>,
    /// By how many bytes a piece may be smaller or larger: 0 unless given.
    #[serde(default)]
    pub variation: u64,
    /// The time between two pieces; from a range, one value each time. None unless given.
    #[serde(default)]
    pub delay: Spread,
    /// Which bytes: those of replies unless given.
    #[serde(default)]
    pub direction: EdgeDirection,
    /// Which share of the connections: all unless given.
    pub percent: Option<Located<Percent>>,
}

/// Turn over one bit of some bytes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CorruptSpec {
    /// The service whose connections are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// The share of the bytes that are hit, such as `0.01%`.
    pub rate: Located<Percent>,
    /// Which bytes: those of replies unless given.
    #[serde(default)]
    pub direction: EdgeDirection,
    /// Which share of the connections: all unless given.
    pub percent: Option<Located<Percent>>,
}

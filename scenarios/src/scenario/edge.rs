//! What happens to requests between two services, as it is written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pick::Pick;
use crate::source::Located;
use crate::units::{Percent, Spread};

/// Delay replies between two services.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LatencyFaultSpec {
    /// The service whose calls are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// By how much; from a range, one value per request.
    pub delay: Spread,
    /// Those of which replicas of the callee: all unless given. They are drawn when
    /// the fault begins.
    #[serde(default = "all_replicas")]
    pub pick: Pick,
}

fn all_replicas() -> Pick {
    Pick::All
}

/// Answer in the callee's place.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AbortSpec {
    /// The service whose calls are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// With this status.
    pub status: Located<u16>,
    /// Which share of the requests; all unless given.
    pub percent: Option<Percent>,
}

/// Cut the connection between two services.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CutSpec {
    /// The service whose calls are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
}

/// Refuse new connections between two services; open ones are kept.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RefuseSpec {
    /// The service whose new connections are refused.
    pub from: Located<String>,
    /// The service that they are meant for.
    pub to: Located<String>,
}

/// Lose replies after the callee has done its work.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LostReplySpec {
    /// The service whose calls are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// Which share of the replies; all unless given.
    pub percent: Option<Percent>,
}

/// Let replies begin in time and their bodies come late.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SlowReplySpec {
    /// The service whose calls are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// How long after its head a reply's body comes; from a range, one value per reply.
    pub delay: Spread,
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
    /// What is limited: replies unless given.
    #[serde(default)]
    pub direction: EdgeDirection,
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
}

/// Take requests and say nothing.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HalfOpenSpec {
    /// The service whose calls are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
}

/// Send requests to the callee twice; the caller gets the first one's reply. A request with a body
/// of more than 1 MiB is sent once, and is not hit.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DuplicateSpec {
    /// The service whose calls are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// Which share of the requests; all unless given.
    pub percent: Option<Percent>,
}

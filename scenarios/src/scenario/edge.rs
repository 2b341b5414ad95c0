//! What happens to requests between two services, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::AbortStatus;
use crate::source::Located;
use crate::units::{Percent, Spread};

/// Answer in the callee's place.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AbortSpec {
    /// The service whose calls are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// With this status: of HTTP, such as `503`, or of gRPC, such as `UNAVAILABLE`.
    pub status: Located<AbortStatus>,
    /// Which share of the requests; all unless given.
    pub percent: Option<Located<Percent>>,
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
    pub percent: Option<Located<Percent>>,
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
    pub delay: Located<Spread>,
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
    pub percent: Option<Located<Percent>>,
}

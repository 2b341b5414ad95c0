//! Loads as they are written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AuthSpec, ExpectedResponseSpec, FeedSpec, GrpcCallSpec, JourneySpec, KeySpec};
use crate::source::Located;
use crate::units::{Period, Positive, Rate, Spread};

/// A stream of requests.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LoadSpec {
    /// What the rest of the scenario calls it.
    pub name: Located<String>,
    /// Users who wait for each reply before they go on (siege's model).
    pub closed: Option<ClosedSpec>,
    /// Arrivals on a schedule that no slow reply delays.
    pub open: Option<OpenSpec>,
    /// How long it lasts.
    #[serde(rename = "for")]
    pub lasts: Option<Period>,
    /// `GET` this, written `service/path`.
    pub get: Option<Located<String>>,
    /// `POST` to this, written `service/path`.
    pub post: Option<Located<String>>,
    /// `PUT` to this, written `service/path`.
    pub put: Option<Located<String>>,
    /// `PATCH` this, written `service/path`.
    pub patch: Option<Located<String>>,
    /// `DELETE` this, written `service/path`.
    pub delete: Option<Located<String>>,
    /// Call this method of gRPC.
    pub grpc: Option<Located<GrpcCallSpec>>,
    /// The .proto file that says what calls of gRPC take and give, relative to this file; its
    /// imports are beside it. Servers are asked by reflection without.
    pub proto: Option<Located<String>>,
    /// Several requests that belong together, in place of one: each user goes through one
    /// journey after another.
    #[serde(default)]
    pub journeys: Vec<JourneySpec>,
    /// Rows of values for `${name}`: each journey, or request, takes one of each feed.
    #[serde(default)]
    pub feeds: Vec<Located<FeedSpec>>,
    /// Headers to send, with each request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A JSON body.
    pub json: Option<serde_json::Value>,
    /// A form: fields and their values.
    pub form: Option<BTreeMap<String, String>>,
    /// A body of any other kind.
    pub body: Option<String>,
    /// The credentials that its requests carry.
    pub auth: Option<AuthSpec>,
    /// Whether redirects are followed, at most ten; not unless given.
    pub follow: Option<bool>,
    /// What a good reply is; any 2xx or 3xx unless given.
    pub expect: Option<ExpectedResponseSpec>,
    /// How long to wait for a reply: 10s unless given.
    pub timeout: Option<Positive<Period>>,
    /// Where the id is by which an accepted command is found again by a ledger: a JSON path in the
    /// reply, `{header, regex}` of the reply, or `{request: …}`, a place in what was sent.
    pub key: Option<Located<KeySpec>>,
    /// Requests meant for the first so-and-so long of the load are made and not counted.
    pub warm_up: Option<Located<Period>>,
    /// What the figures must be: `p99 < 300ms`, `errors < 1%`, `rate > 100/s`.
    #[serde(default)]
    pub thresholds: Vec<Located<String>>,
    /// What the .proto file and those that it imports hold, by the names that imports use, once
    /// they have been read.
    #[serde(skip)]
    pub definitions: BTreeMap<String, String>,
}

/// Users who wait for each reply before they go on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ClosedSpec {
    /// How many users send requests at the same time.
    pub users: Located<u32>,
    /// How long each thinks between a reply and its next request.
    #[serde(default)]
    pub think: Spread,
}

/// Arrivals on a schedule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OpenSpec {
    /// The rate at the start, held for the load's `for` when there are no stages.
    pub rate: Located<Rate>,
    /// Ramps that follow one another.
    #[serde(default)]
    pub stages: Vec<StageSpec>,
}

/// A ramp to a rate.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StageSpec {
    /// The rate at its end.
    pub to: Rate,
    /// How long it takes; the same rate as before makes a plateau.
    #[serde(rename = "for")]
    pub lasts: Period,
}

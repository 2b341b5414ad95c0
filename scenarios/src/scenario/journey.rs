//! Journeys as they are written: requests that belong together.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AuthSpec, ExpectedResponseSpec, GrpcCallSpec, KeySpec, SaveSpec};
use crate::source::Located;
use crate::units::{Period, Positive, Spread};

/// What a user does, step by step. After a step that failed, the later ones are skipped.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct JourneySpec {
    /// What the figures call it.
    pub name: Located<String>,
    /// How often it is chosen, beside the others: 1 unless given.
    pub weight: Option<Located<u32>>,
    /// Its requests, in order.
    pub steps: Vec<Located<JourneyStepSpec>>,
}

/// One request of a journey.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct JourneyStepSpec {
    /// What the figures call it; method and target unless given.
    pub name: Option<Located<String>>,
    /// How long the user thinks after the step before; not for a first step.
    pub think: Option<Located<Spread>>,
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
    /// Headers to send, over those of the load; the metadata of a call.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A JSON body.
    pub json: Option<serde_json::Value>,
    /// A form: fields and their values.
    pub form: Option<BTreeMap<String, String>>,
    /// A body of any other kind.
    pub body: Option<String>,
    /// Who asks; the load's unless given.
    pub auth: Option<AuthSpec>,
    /// Whether redirects are followed, at most ten; the load's unless given.
    pub follow: Option<bool>,
    /// What a good reply is; any 2xx or 3xx unless given.
    pub expect: Option<ExpectedResponseSpec>,
    /// How long to wait for a reply; the load's unless given.
    pub timeout: Option<Positive<Period>>,
    /// Ask again until the reply is as expected, for at most this long. A reply with another status
    /// than expected is not asked for again.
    pub within: Option<Located<Positive<Period>>>,
    /// Between two tries: 100ms unless given.
    pub every: Option<Located<Period>>,
    /// Name → where in the reply: keeps values for `${name}` in later steps.
    #[serde(default)]
    pub save: BTreeMap<String, Located<SaveSpec>>,
    /// Where the id is by which an accepted command is found again by a ledger: a JSON path in the
    /// reply, `{header, regex}` of the reply, or `{request: …}`, a place in what was sent.
    pub key: Option<Located<KeySpec>>,
    /// What the figures of this step must be: `p99 < 300ms`, `errors < 1%`.
    #[serde(default)]
    pub thresholds: Vec<Located<String>>,
}

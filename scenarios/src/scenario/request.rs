//! Requests as they are written: a method with its target, a body, and what the answer must be.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Load;
use crate::source::Located;
use crate::units::Period;

/// A single request, at a time or in its place, and what its answer must be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Step {
    /// What the report calls it; method and target unless given.
    pub name: Option<String>,
    /// When, after the load's start; after the load's end unless given.
    pub at: Option<Located<Period>>,
    /// Try again until the answer is as expected, for at most this long.
    pub within: Option<Period>,
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
    /// What a good answer is; any 2xx or 3xx unless given.
    pub expect: Option<Expected>,
    /// How long to wait for an answer: 10s unless given.
    pub timeout: Option<Period>,
    /// Name → JSON path: keeps values of the answer, for `${name}` in what follows.
    #[serde(default)]
    pub save: BTreeMap<String, Located<String>>,
}

/// The methods of HTTP that a scenario can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Create or command.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Remove.
    Delete,
}

impl fmt::Display for Method {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        })
    }
}

/// What a load and a step have in common: the parts of a request.
#[derive(Debug, Clone, Copy)]
pub struct RequestFields<'a> {
    /// Each method that was given, with its target.
    pub targets: [(Method, &'a Option<Located<String>>); 5],
    /// Headers to send.
    pub headers: &'a BTreeMap<String, String>,
    /// A JSON body.
    pub json: &'a Option<serde_json::Value>,
    /// Another body.
    pub body: &'a Option<String>,
    /// What a good answer is.
    pub expect: &'a Option<Expected>,
    /// How long to wait.
    pub timeout: Option<Period>,
}

impl Load {
    /// The request that it makes.
    pub fn request(&self) -> RequestFields<'_> {
        let Self { get, post, put, patch, delete, headers, json, body, expect, timeout, .. } = self;
        let targets = targets(get, post, put, patch, delete);
        RequestFields { targets, headers, json, body, expect, timeout: *timeout }
    }
}

impl Step {
    /// The request that it makes.
    pub fn request(&self) -> RequestFields<'_> {
        let Self { get, post, put, patch, delete, headers, json, body, expect, timeout, .. } = self;
        let targets = targets(get, post, put, patch, delete);
        RequestFields { targets, headers, json, body, expect, timeout: *timeout }
    }
}

type Target = Option<Located<String>>;

fn targets<'a>(
    get: &'a Target,
    post: &'a Target,
    put: &'a Target,
    patch: &'a Target,
    delete: &'a Target,
) -> [(Method, &'a Target); 5] {
    [
        (Method::Get, get),
        (Method::Post, post),
        (Method::Put, put),
        (Method::Patch, patch),
        (Method::Delete, delete),
    ]
}

/// What an answer must be: `201`, `[200, 409]` or `{status: 200, json: {$.status: Completed}}`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expected {
    /// Any of these; any 2xx or 3xx when empty.
    pub status: Vec<u16>,
    /// JSON path → value: the path must find something, and all that it finds must equal the value.
    pub json: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFields {
    #[serde(default)]
    status: Option<Expected>,
    #[serde(default)]
    json: BTreeMap<String, serde_json::Value>,
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExpectedVisitor)
    }
}

struct ExpectedVisitor;

impl<'de> Visitor<'de> for ExpectedVisitor {
    type Value = Expected;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a status, a list of statuses, or {status, json}")
    }

    fn visit_u64<E: serde::de::Error>(self, status: u64) -> Result<Expected, E> {
        let status = u16::try_from(status).ok().filter(|status| (100..600).contains(status));
        let status = status.ok_or_else(|| E::custom("a status is a number from 100 to 599"))?;
        Ok(Expected { status: vec![status], json: BTreeMap::new() })
    }

    fn visit_i64<E: serde::de::Error>(self, status: i64) -> Result<Expected, E> {
        self.visit_u64(u64::try_from(status).unwrap_or(0))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Expected, A::Error> {
        let each: Vec<Expected> = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
        Ok(Expected { status: each.into_iter().flat_map(|one| one.status).collect(), json: BTreeMap::new() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Expected, A::Error> {
        let fields = ExpectedFields::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Expected { status: fields.status.unwrap_or_default().status, json: fields.json })
    }
}

impl JsonSchema for Expected {
    fn schema_name() -> Cow<'static, str> {
        "Expected".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let status = serde_json::json!({"type": "integer", "minimum": 100, "maximum": 599});
        let statuses = serde_json::json!({"type": "array", "items": status, "minItems": 1});
        json_schema!({"oneOf": [status, statuses, {
            "type": "object",
            "properties": {"status": {"oneOf": [status, statuses]}, "json": {"type": "object"}},
            "additionalProperties": false
        }]})
    }
}
